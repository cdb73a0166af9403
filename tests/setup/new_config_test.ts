import assert from "node:assert/strict";
import { configText } from "../../lib/setup/new_config.ts";
import { exampleConfig } from "../../lib/setup/schema_file.ts";
import { Place } from "../config/files.ts";

const REPOSITORY = {
  label: "disk",
  url: "/mnt/backup/borg",
  passphraseFile: "disk.passphrase",
  sshKey: undefined,
  sameDisk: false,
};

Deno.test("configText() writes what loadConfig() reads", async () => {
  using place = new Place();
  await place.write("disk.passphrase", "correct horse battery\n");
  const odd = '/srv/an "odd" name\\\u200b';
  const { config } = await place.load(configText({
    name: "web",
    directories: ["/etc", odd],
    zfs: { datasets: ["tank/data"], exclude: ["tank/data/cache"] },
    repository: { ...REPOSITORY, sshKey: "/root/.ssh/id_borg", sameDisk: true },
  }, undefined));
  assert.equal(config.name, "web");
  assert.deepEqual(config.sources.directories, ["/etc", odd]);
  assert.deepEqual(config.zfs, {
    datasets: ["tank/data"],
    recursive: true,
    exclude: ["tank/data/cache"],
    snapshotDirectories: true,
  });
  const [repository] = config.repositories;
  assert.equal(repository?.url, "/mnt/backup/borg");
  assert.equal(repository?.sshKey, "/root/.ssh/id_borg");
  assert.equal(repository?.sameDisk, true);
  assert.equal(repository?.retention.keepDaily, 7);
});

Deno.test("configText() leaves out tables that say nothing", () => {
  const zfs = { datasets: [], exclude: [] };
  const text = configText(
    { name: "web", directories: ["/etc"], zfs, repository: REPOSITORY },
    "/usr/share/autoborg/autoborg.schema.json",
  );
  assert.match(text, /^#:schema \/usr\/share\/autoborg\/autoborg\.schema\.json\n/);
  assert.doesNotMatch(text, /zfs|same_disk|ssh_key/);
});

Deno.test("exampleConfig() names the schema that is installed, else none", () => {
  assert.match(exampleConfig(undefined), /^name = /);
  assert.match(exampleConfig("/usr/share/x.json"), /^#:schema \/usr\/share\/x\.json\n\nname = /);
});
