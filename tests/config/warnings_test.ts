import assert from "node:assert/strict";
import { accessWarnings } from "../../lib/config/warnings.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { Place, SHORTEST } from "./files.ts";

const FROM_FILE = SHORTEST.replace('passphrase = "correct horse"', 'passphrase_file = "pass"');

/** Some user who is not root. */
const NOBODY = 65_534;
const isRoot = Deno.uid() === 0;
const titleAsRoot = (title: string) =>
  isRoot ? title : `${title} (not run: it needs root to give files away)`;

Deno.test("loadConfig() warns when others may change the configuration", async () => {
  using place = new Place();
  place.write("pass", "correct horse");
  const file = place.write("config.toml", FROM_FILE, 0o646);
  const named = JSON.stringify(file);
  assert.deepEqual((await loadConfig(file, {})).warnings, [
    `Other users may be able to change ${named}, and so choose what a run executes: expected ` +
    `${named} to be ` +
    `writable only by its owner, found mode 0646; run "chmod go-w ${file}"`,
  ]);
});

Deno.test("loadConfig() warns when others may replace the configuration", async () => {
  using place = new Place();
  const { directory, file } = place;
  place.write("config.toml", SHORTEST);
  Deno.chmodSync(directory, 0o777);
  assert.deepEqual((await loadConfig(file, {})).warnings, [
    `Other users may be able to replace ${JSON.stringify(file)}, and so choose what a run ` +
    `executes: expected ${JSON.stringify(directory)} to be writable only by its owner, found ` +
    `mode 0777; ` +
    `run "chmod go-w ${directory}"`,
  ]);
});

Deno.test("accessWarnings() counts the group, unless it is the owner's own", async () => {
  using place = new Place();
  const file = place.write("config.toml", "", 0o664);
  const { uid, gid } = Deno.lstatSync(file);
  const warned = async () => (await accessWarnings(file, false)).length;
  assert.equal(await warned(), uid === gid ? 0 : 1);
  // Only root can give it to another group.
  if (!isRoot) return;
  Deno.chownSync(file, 0, 1);
  assert.equal(await warned(), 1);
});

Deno.test({
  name: titleAsRoot("loadConfig() warns when another user owns the configuration"),
  ignore: !isRoot,
  async fn() {
    using place = new Place();
    const { directory } = place;
    const file = place.write("config.toml", SHORTEST);
    const named = JSON.stringify(file);
    const warning = (verb: string, path: string) =>
      `Other users may be able to ${verb} ${named}, and so choose what a run executes: expected ` +
      `${JSON.stringify(path)} to be owned by root or by the user who runs autoborg, found user ` +
      `${NOBODY}, who could change it: read it first, then run "chown root ${path}"`;
    Deno.chownSync(file, NOBODY, NOBODY);
    assert.deepEqual((await loadConfig(file, {})).warnings, [warning("change", file)]);
    Deno.chownSync(file, 0, 0);
    Deno.chownSync(directory, NOBODY, NOBODY);
    assert.deepEqual((await loadConfig(file, {})).warnings, [warning("replace", directory)]);
    // The sticky bit keeps out everybody but the owner of the directory.
    Deno.chmodSync(directory, 0o1777);
    assert.deepEqual((await loadConfig(file, {})).warnings, [warning("replace", directory)]);
  },
});

Deno.test({
  name: titleAsRoot("loadConfig() warns when another user owns the file of a secret"),
  ignore: !isRoot,
  async fn() {
    using place = new Place();
    Deno.mkdirSync(`${place.directory}/keys`, { mode: 0o755 });
    const pass = place.write("keys/pass", "correct horse");
    const text = FROM_FILE.replace('"pass"', '"keys/pass"');
    const expected = (path: string) =>
      `expected ${JSON.stringify(path)} to be owned by root or by the user who runs autoborg, ` +
      `found user ${NOBODY}, who could change it: read it first, then run "chown root ${path}"`;
    const named = `${JSON.stringify(pass)} (passphrase_file of [[repositories]])`;
    Deno.chownSync(pass, NOBODY, NOBODY);
    assert.deepEqual((await place.load(text)).warnings, [
      `Other users may be able to read the secret in ${named}: ${expected(pass)}`,
    ]);
    Deno.chownSync(pass, 0, 0);
    Deno.chownSync(`${place.directory}/keys`, NOBODY, NOBODY);
    assert.deepEqual((await place.load(text)).warnings, [
      `Other users may be able to replace ${named}: ${expected(`${place.directory}/keys`)}`,
    ]);
    // systemd may give a service that does not run as root credentials of its user.
    const credential = FROM_FILE.replace('"pass"', '"$CREDENTIALS_DIRECTORY/pass"');
    assert.deepEqual((await place.load(credential, "keys")).warnings, []);
  },
});

Deno.test("accessWarnings() warns when everybody may replace a directory further up", async () => {
  using place = new Place();
  const { directory } = place;
  Deno.mkdirSync(`${directory}/a/b`, { recursive: true, mode: 0o755 });
  const file = place.write("a/b/config.toml", "");
  for (const mode of [0o755, 0o775, 0o1777]) {
    Deno.chmodSync(directory, mode);
    assert.deepEqual(await accessWarnings(file, true), [], mode.toString(8));
  }
  Deno.chmodSync(directory, 0o777);
  assert.deepEqual(await accessWarnings(file, true), [
    `Other users may be able to replace ${JSON.stringify(file)}, and so choose what a run ` +
    `executes: expected ${JSON.stringify(directory)} to be writable only by its owner, found ` +
    `mode 0777; ` +
    `run "chmod go-w ${directory}"`,
  ]);
});

Deno.test("accessWarnings() says nothing where the mode is safe", async () => {
  using place = new Place();
  const { directory } = place;
  const safe = [[0o600, 0o755, true], [0o644, 0o755, false], [0o644, 0o1777, false]] as const;
  for (const [mode, above, hasSecret] of safe) {
    const file = place.write("config.toml", "", mode);
    Deno.chmodSync(directory, above);
    assert.deepEqual(await accessWarnings(file, hasSecret), [], `${mode} ${above}`);
  }
  // One warning is enough for a file that is open to everybody.
  assert.equal((await accessWarnings(place.write("config.toml", "", 0o666), true)).length, 1);
});

Deno.test("loadConfig() warns of a short passphrase, wherever it comes from", async () => {
  using place = new Place();
  const short = /^The passphrase of "disk" is short: expected 8 characters or more, /;
  const warnings = async (text: string) => (await place.load(text)).warnings;
  for (const passphrase of ["x", "7 chars", "\u{1F511}".repeat(7)]) {
    place.write("pass", passphrase);
    for (const text of [FROM_FILE, SHORTEST.replace("correct horse", passphrase)]) {
      const [warning = "", ...others] = await warnings(text);
      assert.match(warning, short);
      assert.deepEqual(others, []);
      assert.ok(passphrase === "x" || !warning.includes(passphrase), warning);
    }
  }
  place.write("pass", "8 or more");
  assert.deepEqual(await warnings(FROM_FILE), []);
  // Who keeps the key in a file may do without a passphrase.
  const keyfile = SHORTEST.replace("correct horse", "") + 'encryption = "keyfile"\n';
  assert.deepEqual(await warnings(keyfile), []);
  const command = SHORTEST.replace('passphrase = "correct horse"', 'passphrase_command = "pw"');
  assert.deepEqual(await warnings(command), []);
});

Deno.test("loadConfig() warns of a passphrase that is short or one word, and of no other", async () => {
  using place = new Place();
  const warned = async (passphrase: string) => {
    const text = SHORTEST.replace('"correct horse"', JSON.stringify(passphrase));
    return (await loadConfig(place.write("config.toml", text), {})).warnings;
  };
  const [word = "", ...others] = await warned("repository");
  assert.deepEqual(others, []);
  assert.match(
    word,
    /^The passphrase of "disk" is one word: expected several words or random characters, .*hides the same word there; to change it: autoborg borg disk -- key change-passphrase ::$/,
  );
  for (const passphrase of ["Backup", "GEHEIMNIS"]) {
    assert.match(
      (await warned(passphrase)).join("\n"),
      /^The passphrase of "disk" is (?:short|one word): /,
    );
  }
  assert.match(
    (await warned("x1")).join("\n"),
    /^The passphrase of "disk" is short: .* also hides other words/,
  );
  for (const passphrase of ["correct horse", "repository7", "eins-zwei-drei", "p4ssw0rd"]) {
    assert.deepEqual(await warned(passphrase), []);
  }
});
