import assert from "node:assert/strict";
import { join } from "node:path";
import { decide } from "../../lib/cli/setup_questions.ts";
import { Place } from "../config/files.ts";
import { Person } from "./person.ts";

const FLAGS = {
  color: false,
  overwrite: false,
  keep: false,
  generatePassphrase: false,
  sameDisk: false,
};

const around = (place: Place) => ({ directory: place.directory, hostname: "web", mounts: [] });

Deno.test("decide() asks again when an answer can't be used or nothing is picked", async () => {
  using place = new Place();
  const backup = join(place.directory, "borg");
  const link = join(place.directory, "link");
  Deno.symlinkSync("/etc", link);
  const person = new Person(
    ...["a b", ""],
    ...[[], ""],
    ...[[], "etc", join(backup, "none"), link, place.directory, ""],
    ...["~/borg", "borg", "me@host:22:/x", join(backup, "none"), place.directory, backup],
    true,
    ...[false, "short", "change me"],
    ...["correct hose", "correct horse", "correct horse", "correct horse"],
  );
  const { answers, passphrase } = await decide(FLAGS, person, around(place));
  assert.equal(answers.name, "web");
  assert.deepEqual(answers.directories, [place.directory]);
  assert.deepEqual(answers.repository, {
    label: "disk",
    url: backup,
    passphraseFile: "disk.passphrase",
    sshKey: undefined,
    sameDisk: true,
  });
  assert.equal(passphrase?.reveal(), "correct horse");
  const said = person.asked.join("\n");
  for (
    const part of [
      "expected a name of up to 64",
      "expected an absolute path",
      "it does not exist",
      "found a symbolic link to it",
      "Select at least one",
      '"~" in',
      "expected a port only in",
      "to exist: mount the disk",
      "expected 8 characters or more",
      "the example from the documentation",
      "found other files",
      "The two were different",
    ]
  ) assert.ok(said.includes(part), `${part} is missing:\n${said}`);
  assert.match(said, /Use it anyway\?/);
});

Deno.test("decide() asks for the key of a server, and offers a passphrase that exists", async () => {
  using place = new Place();
  const file = place.write("backup.passphrase", "correct horse\n");
  const flags = { ...FLAGS, name: "web", directory: ["/etc", "/etc"] };
  const url = "ssh://me@backup.example.org:2222/./web";
  const person = new Person(url, "", true);
  const { answers, passphrase } = await decide(flags, person, around(place));
  assert.deepEqual(answers.directories, ["/etc"]);
  assert.equal(answers.repository.label, "backup");
  assert.equal(answers.repository.sshKey, undefined);
  assert.equal(answers.repository.passphraseFile, "backup.passphrase");
  assert.equal(passphrase, undefined);
  assert.equal(person.asked.at(-1), `Use the passphrase in the existing ${file}?`);
  const other = await decide(flags, new Person(url, "", false, true), around(place));
  assert.equal(other.answers.repository.passphraseFile, "backup-2.passphrase");
  assert.ok(other.passphrase !== undefined);
});

Deno.test("decide() generates a passphrase that nobody can guess, another one each time", async () => {
  using place = new Place();
  const flags = {
    ...FLAGS,
    name: "web",
    dataset: ["tank"],
    repo: "/mnt/b",
    sameDisk: true,
    generatePassphrase: true,
  };
  const [first, second] = await Promise.all(
    [0, 1].map(async () => (await decide(flags, undefined, around(place))).passphrase?.reveal()),
  );
  assert.match(first ?? "", /^[A-Za-z0-9+/]{32}$/);
  assert.notEqual(first, second);
});

Deno.test("decide() refuses without a terminal what it would ask about on one", async () => {
  using place = new Place();
  const file = place.write("disk.passphrase", "correct horse\n");
  const repo = join(place.directory, "borg");
  const flags = {
    ...FLAGS,
    name: "web",
    directory: [place.directory],
    repo,
    generatePassphrase: true,
  };
  await assert.rejects(decide(flags, undefined, around(place)), {
    name: "UsageError",
    message: /^Cannot use --repo ".*\/borg": .* lies on the file system of the source/,
    hint: /--same-disk$/,
  });
  await assert.rejects(decide({ ...flags, sameDisk: true }, undefined, around(place)), {
    name: "UsageError",
    message: `Cannot generate a passphrase: "${file}" already exists`,
    hint: `Use the passphrase in it: --passphrase-file ${file} instead of --generate-passphrase`,
  });
  const asked = await decide(flags, new Person(true, true), around(place));
  assert.deepEqual(asked.answers.repository, {
    label: "disk",
    url: repo,
    passphraseFile: "disk.passphrase",
    sshKey: undefined,
    sameDisk: true,
  });
});
