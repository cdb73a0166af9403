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
  assert.match(checked.stdout, /^series: web01$/m);
  assert.match(checked.stdout, /^source: ZFS dataset tank and all below it$/m);
  assert.match(checked.stdout, /^repository: u123456: ssh:\/\/.*: create, check, prune/m);
  assert.equal(checked.stderr, "", "nothing to warn of");
  const points = lines(stderr);
  assert.ok(points.length >= 3);
  for (const line of points) assert.ok(line.startsWith(`${path}:`), line);
  assert.match(stderr, /not taken over: HOSTNAME \(line 91\), LOCK_FILE \(line 92\)/);
});

Deno.test("migrate shows no secret on standard error", async () => {
  await using place = await Place.make();
  for (const name of ["automated_borg_backup.py", "computed.py"]) {
    const { stderr } = await migrate(place, `${FIXTURES}${name}`);
    assert.doesNotMatch(stderr, /geheim|Pa\$\$wort|secret-\d/);
  }
});

Deno.test("migrate ends with 1 when something can't be read, and the result is valid", async () => {
  await using place = await Place.make();
  const { code, stdout, stderr } = await migrate(place, `${FIXTURES}computed.py`);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /computed\.py:46: PRUNE_KEEP_WEEKLY could not be read/);
  await place.write("config.toml", stdout);
  await place.expect(0, "check-config");
});

Deno.test("migrate ends with 1 when settings may be changed later, and the result is valid", async () => {
  await using place = await Place.make();
  const script = await Deno.readTextFile(`${FIXTURES}automated_borg_backup.py`);
  const changes = [
    "try:\n    from local_settings import *\nexcept ImportError:\n    pass\n",
    "for repo in BORG_REPOSITORIES:\n    repo['passphrase'] = read(repo)\n",
    "BORG_REPOSITORIES[0].update(passphrase=read())\n",
    "DIRS = BACKUP_DIRECTORIES\nDIRS.append('/opt')\n",
    "globals().update(settings)\n",
    "(PRUNE_KEEP_DAILY := 3)\n",
  ];
  for (const change of changes) {
    const path = await place.write("old.py", `${script}\n${change}`);
    const { code, stdout, stderr } = await migrate(place, path);
    assert.equal(code, 1, change);
    assert.match(stderr, /may be changed here, which was not read: /, change);
    await place.write("config.toml", stdout);
    await place.expect(0, "check-config");
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
  assert.match(stderr, /old\.py: there are no mails until/);
  // The one thing that the script knew nothing of, and that must be at a place of the test.
  const state = `state_dir = "${place.at("state")}"\ntemp_dir = `;
  await place.write("config.toml", stdout.replace(/^temp_dir = /m, () => state));
  const made = await place.expect(0, "init");
  assert.match(made.stdout, /first\.borg: .* exists already, left alone/);
  await place.expect(0, "run");

  const archives = lines(await place.borg("first.borg", "list", "--short", first));
  assert.equal(archives.length, 2);
  assert.equal(archives[0], "web01-2026-11-01_02-30-00");
  assert.match(archives[1] ?? "", /^web01-\d{4}-\d\d-\d\dT[\d:]+Z-[0-9a-f]{8}$/);
  const all = await place.expect(0, "list", "--all");
  assert.match(all.stdout, /web01-2026-11-01_02-30-00/);
  const second = { ...place.env, BORG_PASSPHRASE: "", LC_ALL: "C.UTF-8" };
  const listed = await runToEnd(["borg", "list", "--short", place.at("second.borg")], {
    env: second,
  });
  assert.equal(lines(listed.stdout).length, 1, `the passphrase is empty\n${listed.stderr}`);
  assert.ok(exists(place.at("third.borg/config")));
});

Deno.test("migrate prints what it has read when there is no repository, and fails", async () => {
  await using place = await Place.make();
  const script = await place.write(
    "old.py",
    'BACKUP_DIRECTORIES = ["/etc"]\nPRUNE_KEEP_DAILY = 7\n',
  );
  const { code, stdout, stderr } = await migrate(place, script);
  assert.equal(code, 2);
  assert.match(stdout, /^directories = \["\/etc"\]/m);
  assert.match(stdout, /NOT COMPLETE/);
  assert.match(
    stderr,
    /Cannot make a complete configuration of ".*old\.py": no repository could be read/,
  );
  await place.write("config.toml", stdout);
  const { stderr: refused } = await place.expect(78, "check-config");
  assert.match(refused, /repositories: missing/);
});

Deno.test("migrate prints nothing when it is given no script", async () => {
  await using place = await Place.make();
  await place.write("other.py", "print('hello')\n");
  await place.write("binary.py", new Uint8Array([65, 0, 66]));
  const cases = {
    "missing.py": /Cannot read the script "missing\.py": it does not exist/,
    "source": /Cannot read the script "source": it is a directory/,
    "binary.py": /it is a binary file/,
    "other.py": /Cannot find a setting of a backup in "other\.py"/,
  };
  for (const [path, message] of Object.entries(cases)) {
    const { code, stdout, stderr } = await migrate(place, path);
    assert.deepEqual([code, stdout], [2, ""], path);
    assert.match(stderr, message);
    assert.match(stderr, /what to do: /);
  }
  const { code } = await migrate(place);
  assert.equal(code, 64);
});
