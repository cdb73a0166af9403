import assert from "node:assert/strict";
import { exists, lines, passphraseOf, Place } from "./place.ts";
import { autoborgCommand, type Ended, ROOT, runToEnd } from "./program.ts";

const FIXTURES = `${ROOT}tests/migrate/fixtures/`;

/** Runs `autoborg migrate`, which takes no configuration. */
function migrate(place: Place, ...args: readonly string[]): Promise<Ended> {
  const command = [...autoborgCommand(), "migrate", ...args];
  return runToEnd(command, { env: place.env, cwd: place.directory });
}

/** The script, with everything in it at places of the test. */
async function localScript(place: Place): Promise<string> {
  const script = await Deno.readTextFile(`${FIXTURES}automated_borg_backup.py`);
  const replaced: readonly (readonly [string | RegExp, string])[] = [
    [/BACKUP_DIRECTORIES = \[[^]*?\n\]/, `BACKUP_DIRECTORIES = [\n    "${place.at("source")}",\n]`],
    ['ZFS_POOLS = ["tank", "rpool/data"]', "ZFS_POOLS = []"],
    ["/mnt/backup/borg", place.at("first.borg")],
    [/"Ganz geheim.*"/, `"${passphraseOf("first.borg")}"`],
    [/ssh:\/\/u123456@[^"]*/, place.at("second.borg")],
    ["'noch-viel-geheimer#42'", '""'],
    ["borg@nas.example.org:web01", place.at("third.borg")],
    ["/var/log/borg-backup", place.at("logs")],
    ["/tmp/borg_backup_snapshots", place.at("temp")],
    [/SMTP_SERVER = .*/, "SMTP_SERVER = None"],
  ];
  return replaced.reduce((text, [old, its]) => {
    assert.ok(typeof old === "string" ? text.includes(old) : old.test(text), String(old));
    return text.replace(old, () => its);
  }, script);
}

Deno.test("migrate prints a configuration that check-config accepts", async () => {
  await using place = await Place.make();
  const path = `${FIXTURES}automated_borg_backup.py`;
  const { code, stdout, stderr } = await migrate(place, path);
  assert.equal(code, 0, stderr);
  await place.write("config.toml", stdout);
  const checked = await place.expect(0, "check-config");
  assert.match(checked.stdout, /^series: autoborg-web01$/m);
  assert.match(checked.stdout, /^source: ZFS dataset tank$/m);
  assert.match(
    checked.stdout,
    /^repository: u123456: ssh:\/\/.*: create, check \(repository\), prune/m,
  );
  assert.equal(checked.stderr, "", "nothing to warn of");
  for (const line of lines(stderr)) assert.ok(line.startsWith(`${path}:`), line);
  assert.match(stderr, /:39: Only tank itself is backed up, as by the script, without /);
  assert.match(stderr, /Not migrated: SCRIPT_TMP_DIR \(line 85\), HOSTNAME \(line 91\)/);
  assert.doesNotMatch(stderr, /geheim|Pa\$\$wort/);
});

Deno.test("migrate --write makes files that only their owner can read, and replaces none", async () => {
  await using place = await Place.make();
  const path = `${FIXTURES}automated_borg_backup.py`;
  const made = await migrate(place, "--write", "new/etc", path);
  assert.equal(made.code, 0, made.stderr);
  assert.equal(made.stdout, "");
  const modeOf = (name: string) => (Deno.statSync(place.at(name)).mode ?? 0) & 0o7777;
  assert.deepEqual([modeOf("new"), modeOf("new/etc")], [0o700, 0o700]);
  const names = [...Deno.readDirSync(place.at("new/etc"))].map(({ name }) => name).toSorted();
  const expected = ["borg.passphrase", "config.toml", "mail.password", "u123456.passphrase"];
  assert.deepEqual(names, expected);
  for (const name of names) {
    assert.equal(modeOf(`new/etc/${name}`), 0o600, name);
    assert.match(made.stderr, new RegExp(`^wrote ".*/new/etc/${name}"$`, "m"));
  }
  const config = await Deno.readTextFile(place.at("new/etc/config.toml"));
  assert.doesNotMatch(config + made.stderr, /geheim|Pa\$\$wort/);
  const own = { ...place.env, AUTOBORG_CONFIG: place.at("new/etc/config.toml") };
  const checked = await runToEnd([...autoborgCommand(), "check-config"], { env: own });
  assert.equal(checked.code, 0, checked.stderr);

  await Deno.remove(place.at("new/etc/borg.passphrase"));
  const again = await migrate(place, "--write", "new/etc", path);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /Cannot write ".*\/u123456\.passphrase": .*exists/);
  assert.ok(!exists(place.at("new/etc/borg.passphrase")), "nothing is left of an attempt");
  assert.equal(await Deno.readTextFile(place.at("new/etc/config.toml")), config);
});

Deno.test("migrate --write writes to no directory that others may write to", async () => {
  await using place = await Place.make();
  await Deno.mkdir(place.at("open"));
  await Deno.chmod(place.at("open"), 0o777);
  const path = `${FIXTURES}automated_borg_backup.py`;
  const { code, stderr } = await migrate(place, "--write", "open", path);
  assert.equal(code, 2);
  assert.match(stderr, /can be written by other users/);
  assert.deepEqual([...Deno.readDirSync(place.at("open"))], []);
});

Deno.test("migrate ends with 1 when a value is left to a person, and check-config refuses it", async () => {
  await using place = await Place.make();
  const path = `${FIXTURES}variants/loops.py`;
  const { code, stdout, stderr } = await migrate(place, path);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /loops\.py:7: FILL IN: sources\.directories: BACKUP_DIRECTORIES is changed/);
  await place.write("config.toml", stdout);
  for (const verb of ["check-config", "run", "init"]) {
    const refused = await place.expect(78, verb);
    assert.match(refused.stderr, /config\.toml:\d+:\d+: sources\.directories: expected a value/);
    assert.match(refused.stderr, /config\.toml:\d+:\d+: repositories: expected a value/);
  }
});

Deno.test("a run with the migrated configuration goes on in the repositories of the script", async () => {
  await using place = await Place.make();
  const script = await place.write("old.py", await localScript(place));
  const first = place.at("first.borg");
  const old = `${first}::web01-2026-11-01_02-30-00`;
  await place.borg("first.borg", "init", "--encryption", "repokey-blake2", first);
  await place.borg("first.borg", "create", old, place.at("source"));

  const { stdout, stderr } = await migrate(place, script);
  assert.match(stderr, /old\.py: The script names no mail server, so no mail is sent/);
  // What a person decides, what the script knew nothing of, and what must be at places of the test.
  const decided = stdout.replace(/^passphrase = "FILL IN: .*$/m, 'passphrase_command = "true"')
    .replaceAll(/^url = .*$/gm, "$&\nsame_disk = true");
  const paths = `[paths]\nstate_dir = "${place.at("state")}"\ntemp_dir = "${place.at("temp")}"\n`;
  await place.write("config.toml", decided + paths);
  const made = await place.expect(0, "init");
  assert.match(made.stdout, /first\.borg: .* already exists, left unchanged/);
  await place.expect(0, "run");

  const archives = lines(await place.borg("first.borg", "list", "--short", first));
  assert.equal(archives.length, 2);
  assert.equal(archives[0], "web01-2026-11-01_02-30-00");
  assert.match(archives[1] ?? "", /^autoborg-web01-\d{4}-\d\d-\d\dT[\d:]+Z-[0-9a-f]{8}$/);
  // The script, forgotten in cron, prunes by its prefix.
  await place.borg("first.borg", "prune", "--prefix", "web01-", "--keep-daily", "1", first);
  assert.deepEqual(lines(await place.borg("first.borg", "list", "--short", first)), archives);
  const all = await place.expect(0, "list", "--all");
  assert.match(all.stdout, /web01-2026-11-01_02-30-00/);
  const second = { ...place.env, BORG_PASSPHRASE: "", LC_ALL: "C.UTF-8" };
  const listed = await runToEnd(["borg", "list", "--short", place.at("second.borg")], {
    env: second,
  });
  assert.equal(lines(listed.stdout).length, 1, `the passphrase is empty\n${listed.stderr}`);
  assert.ok(exists(place.at("third.borg/config")));
});

Deno.test("migrate prints nothing when it is given no script", async () => {
  await using place = await Place.make();
  await place.write("other.py", "print('hello')\n");
  await place.write("binary.py", new Uint8Array([65, 0, 66]));
  const cases = {
    "missing.py": /Cannot read the script "missing\.py": it does not exist/,
    "source": /Cannot read the script "source": it is a directory/,
    "binary.py": /it is a binary file/,
    "other.py": /Cannot read the script "other\.py": it has no setting such as BORG_REPOSITORIES/,
  };
  for (const [path, message] of Object.entries(cases)) {
    const { code, stdout, stderr } = await migrate(place, path);
    assert.deepEqual([code, stdout], [2, ""], path);
    assert.match(stderr, message);
    assert.match(stderr, /hint: /);
  }
  const { code } = await migrate(place);
  assert.equal(code, 64);
});
