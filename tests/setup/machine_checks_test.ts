import assert from "node:assert/strict";
import {
  rejectDirectory,
  rejectMissingDataset,
  rejectPassphraseFile,
  rejectRepository,
  rejectSshKey,
} from "../../lib/setup/machine_checks.ts";
import { Place } from "../config/files.ts";

/** The beginning of what OpenSSH writes, with the name of the cipher. */
function openSshKey(cipher: string): string {
  const bytes = `openssh-key-v1\0\0\0\0${String.fromCharCode(cipher.length)}${cipher}\0\0\0`;
  const name = "OPENSSH PRIVATE KEY-----";
  return `-----BEGIN ${name}\n${btoa(bytes)}\n-----END ${name}\n`;
}

Deno.test("rejectDirectory() takes directories alone, with any character in their names", async () => {
  using place = new Place();
  place.write("mit Umlaut ü/file", "");
  const directory = `${place.directory}/mit Umlaut ü`;
  assert.equal(await rejectDirectory(directory), undefined);
  assert.match(await rejectDirectory(`${directory}/file`) ?? "", /found a file/);
  // What the configuration refuses must not be written into it.
  assert.match(await rejectDirectory("/") ?? "", /^expected directories such as .*one_file_system/);
  for (const path of ["/proc", "/sys/kernel", "/home/*", "/etc, /home"]) {
    assert.match(await rejectDirectory(path) ?? "", /^expected (?:a directory|one path)/, path);
  }
  Deno.symlinkSync(directory, `${place.directory}/link`);
  Deno.symlinkSync(`${place.directory}/none`, `${place.directory}/dangling`);
  assert.match(await rejectDirectory(`${place.directory}/link`) ?? "", /the directory itself, "/);
  assert.match(await rejectDirectory(`${place.directory}/dangling`) ?? "", /target does not exist/);
});

Deno.test("rejectRepository() takes a new or empty directory, a repository and any server", async () => {
  using place = new Place();
  const at = (name: string) => `${place.directory}/${name}`;
  Deno.mkdirSync(at("empty"));
  for (const name of ["README", "config", "data"]) {
    place.write(`borg/${name}`, "This is a Borg Backup repository.\n");
    place.write(`other/${name}`, "text\n");
  }
  for (const good of [at("new"), at("empty"), at("borg"), "ssh://me@host:22/x", "nas:borg"]) {
    assert.equal(await rejectRepository(good), undefined, good);
  }
  const other = await rejectRepository(at("other"));
  assert.match(
    other ?? "",
    /found other files; a new directory in it can be one: ".*\/other\/borg"$/,
  );
  place.write("other/borg/README", "This is something else.\n");
  assert.match(await rejectRepository(at("other")) ?? "", /"\S*\/other\/autoborg"$/);
  assert.match(
    await rejectRepository(place.directory) ?? "",
    /found other files; ".*\/borg" in it is a repository: enter that path to use it$/,
  );
  assert.match(await rejectRepository(at("borg/README")) ?? "", /found a file$/);
  assert.match(await rejectRepository(at("none/borg")) ?? "", /none" to exist/);
});

Deno.test("rejectSshKey() takes a private key without a passphrase that is closed to others", async () => {
  using place = new Place();
  const reason = async (text: string, mode = 0o600) =>
    await rejectSshKey(place.write("key", text, mode)) ?? "";
  assert.equal(await reason(openSshKey("none")), "");
  assert.match(await reason(openSshKey("none"), 0o640), /other users can read it/);
  assert.match(await reason(openSshKey("aes256-ctr")), /it has a passphrase.*ssh-keygen/);
  const pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
  assert.match(await reason(pem), /it has a passphrase/);
  assert.match(await reason("ssh-ed25519 AAAA me@host\n"), /expected a private key/);
  assert.match(await rejectSshKey(place.directory) ?? "", /expected a file/);
});

Deno.test("rejectPassphraseFile() takes no file without a passphrase that somebody chose", async () => {
  using place = new Place();
  const reason = async (text: string) =>
    await rejectPassphraseFile(place.write("secret", text)) ?? "";
  assert.equal(await reason("correct horse\n"), "");
  assert.equal(await reason("\n"), "it is empty");
  assert.match(await reason("change me\n"), /example from the documentation/);
});

Deno.test("rejectMissingDataset() finds datasets that are not mounted, but no volumes", async () => {
  const line = (name: string, type = "filesystem") =>
    [name, type, "on", "no", "-", "0", "/x", name].join("\t");
  const stdout = `${line("tank")}\n${line("tank/data")}\n${line("tank/vm", "volume")}\n`;
  const end = { kind: "exited", code: 0 } as const;
  const run = () => Promise.resolve({ succeeded: true, end, stdout, stderr: "" });
  assert.equal(await rejectMissingDataset("tank/data", run), undefined);
  assert.equal(await rejectMissingDataset("tank/none", run), "it does not exist");
  assert.match(await rejectMissingDataset("tank/vm", run) ?? "", /found a volume$/);
});
