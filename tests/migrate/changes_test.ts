import assert from "node:assert/strict";
import { messages, migrated, read, REPOSITORY, SOURCES } from "./migrated.ts";

/** What is said of a script that has these lines behind the least; its line 4 is their first. */
async function told(lines: string): Promise<readonly string[]> {
  const migration = await migrated(`${REPOSITORY}${SOURCES}${lines}`);
  // Such a change makes the program end with 1.
  const unread = migration.points.filter(({ isUnread }) => isUnread);
  return messages({ ...migration, points: unread })
    .filter((message) => message.includes("may be changed here"));
}

const REPOSITORIES = "BORG_REPOSITORIES may be changed here, which was not read:";
const DIRECTORIES = "BACKUP_DIRECTORIES may be changed here, which was not read:";
const ANY = "any setting may be changed here, which was not read:";

async function assertTold(cases: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [lines, expected] of Object.entries(cases)) {
    assert.deepEqual(await told(lines), expected, lines);
  }
}

Deno.test("migrate() names imports that may replace a setting, wherever they stand", async () => {
  const star = "from local_settings import *";
  await assertTold({
    [`try:\n  ${star}\nexcept ImportError:\n  pass`]: [`5: ${ANY} ${star}`],
    [`try: ${star}\nexcept ImportError: pass`]: [`4: ${ANY} ${star}`],
    [star]: [`4: ${ANY} ${star}`],
    "try:\n  from backup_secrets import BORG_REPOSITORIES, X\nexcept ImportError:\n  pass": [
      `5: ${REPOSITORIES} from backup_secrets import BORG_REPOSITORIES, X`,
    ],
    "if X:\n  from a import (\n    B as BACKUP_DIRECTORIES,\n  )": [
      `6: ${DIRECTORIES} from a import ( B as BACKUP_DIRECTORIES, )`,
    ],
    "try:\n  import dirs as BACKUP_DIRECTORIES\nexcept ImportError:\n  pass": [
      `5: ${DIRECTORIES} import dirs as BACKUP_DIRECTORIES`,
    ],
  });
});

Deno.test("migrate() is silent about imports that have nothing to do with a setting", async () => {
  await assertTold({
    "import os, sys, json\nimport os.path\nfrom pathlib import Path": [],
    "try:\n  import zoneinfo\n  from yaml import load as read\nexcept ImportError:\n  pass": [],
    "from typing import *\nfrom os.path import *": [],
    "def f():\n  from a import BORG_REPOSITORIES\n  return BORG_REPOSITORIES": [],
  });
});

Deno.test("migrate() names what a loop does to the parts of a setting", async () => {
  await assertTold({
    "for repo in BORG_REPOSITORIES: repo['passphrase'] = 'x'": [`4: ${REPOSITORIES} repo["…"]`],
    "for repo in BORG_REPOSITORIES:\n  repo['passphrase'] = load()": [
      `5: ${REPOSITORIES} repo["…"]`,
    ],
    "for i, repo in enumerate(BORG_REPOSITORIES):\n  if i:\n    repo.update(a=1)": [
      `6: ${REPOSITORIES} repo.update(a=1)`,
    ],
    "def f():\n  for repo in BORG_REPOSITORIES:\n    key = repo\n    key['a'] = 1": [
      `7: ${REPOSITORIES} key["…"]`,
    ],
    "[repo.pop('a') for repo in BORG_REPOSITORIES]": [
      `4: ${REPOSITORIES} [repo.pop("…") for repo in BORG_REPOSITORIES]`,
    ],
    "for BACKUP_DIRECTORIES in X: pass": [`4: ${DIRECTORIES} for BACKUP_DIRECTORIES in X`],
  });
});

Deno.test("migrate() is silent about a loop that only reads a setting", async () => {
  await assertTold({
    "for repo in BORG_REPOSITORIES:\n  env = f(repo)\n  env['a'] = repo['passphrase']": [],
    "for repo in BORG_REPOSITORIES:\n  cmd = ['borg', repo['repo_url']]\n  cmd.append('a')": [],
    "def f():\n  for d in BACKUP_DIRECTORIES:\n    d += '/'\n  dirs = list(BACKUP_DIRECTORIES)": [],
    "def f(BACKUP_DIRECTORIES):\n  BACKUP_DIRECTORIES.append('/a')": [],
    "def f():\n  cmd = ['borg'] + BACKUP_DIRECTORIES\n  cmd.append('a')": [],
    "cmd = ['borg'] + BACKUP_DIRECTORIES\ncmd.append('a')": [],
    "dirs = list(BACKUP_DIRECTORIES)\ndirs.append('a')": [],
    "days = 7\nPRUNE_KEEP_DAILY = days\ndays += 1": [],
  });
});

Deno.test("migrate() names what is done to a part of a setting", async () => {
  await assertTold({
    "BORG_REPOSITORIES[0].update(passphrase='x')": [
      `4: ${REPOSITORIES} BORG_REPOSITORIES[0].update(passphrase="…")`,
    ],
    "BORG_REPOSITORIES[0]['a'].append(1)": [
      `4: ${REPOSITORIES} BORG_REPOSITORIES[0]["…"].append(1)`,
    ],
    "BORG_REPOSITORIES[0].get('a').append(1)": [
      `4: ${REPOSITORIES} BORG_REPOSITORIES[0].get("…").append(1)`,
    ],
    "x = BACKUP_DIRECTORIES.pop()": [`4: ${DIRECTORIES} x = BACKUP_DIRECTORIES.pop()`],
    "list(map(BACKUP_DIRECTORIES.append, x))": [
      `4: ${DIRECTORIES} list(map(BACKUP_DIRECTORIES.append, x))`,
    ],
    "BACKUP_DIRECTORIES.__iadd__(x)": [`4: ${DIRECTORIES} BACKUP_DIRECTORIES.__iadd__(x)`],
    "del BORG_REPOSITORIES[0]": [`4: ${REPOSITORIES} del BORG_REPOSITORIES[0]`],
    "def f():\n  BORG_REPOSITORIES[0]['a'] = 1": [`5: ${REPOSITORIES} BORG_REPOSITORIES[0]["…"]`],
    "a, BORG_REPOSITORIES[0] = 1, 2": [`4: ${REPOSITORIES} BORG_REPOSITORIES[0]`],
    "while BACKUP_DIRECTORIES.pop(): pass": [`4: ${DIRECTORIES} while BACKUP_DIRECTORIES.pop()`],
  });
});

Deno.test("migrate() names what is done to a setting under another name", async () => {
  await assertTold({
    "DISK = {'repo_url': '/a'}\nBORG_REPOSITORIES = [DISK]\nDISK['repo_url'] = '/b'": [
      `6: ${REPOSITORIES} DISK["…"]`,
    ],
    "BACKUP_DIRECTORIES = DIRS = ['/etc']\nDIRS.append('/home')": [
      `5: ${DIRECTORIES} DIRS.append("…")`,
    ],
    "DIRS = BACKUP_DIRECTORIES\nDIRS += ['/home']": [`5: ${DIRECTORIES} DIRS += ["…"]`],
    "FIRST = BORG_REPOSITORIES[0]\nFIRST['a'] = 1": [`5: ${REPOSITORIES} FIRST["…"]`],
    "FIRST, = BORG_REPOSITORIES\nFIRST['a'] = 1": [`5: ${REPOSITORIES} FIRST["…"]`],
    "X = next(r for r in BORG_REPOSITORIES if r['a'])\nX['a'] = 1": [
      `5: ${REPOSITORIES} X["…"]`,
    ],
    "def f():\n  dirs = BACKUP_DIRECTORIES\n  dirs.append('/a')": [
      `6: ${DIRECTORIES} dirs.append("…")`,
    ],
  });
});

Deno.test("migrate() names what a function above the settings does to them", async () => {
  const functions: Readonly<Record<string, string>> = {
    "  BACKUP_DIRECTORIES.append('/a')": 'BACKUP_DIRECTORIES.append("…")',
    "  global BACKUP_DIRECTORIES; BACKUP_DIRECTORIES = 1": "BACKUP_DIRECTORIES = 1",
    "  for d in BACKUP_DIRECTORIES: d.clear()": "d.clear()",
  };
  for (const [body, what] of Object.entries(functions)) {
    const source = `def f():\n${body}\n${REPOSITORY}${SOURCES}`;
    const all = messages(await migrated(source));
    assert.ok(all.includes(`2: ${DIRECTORIES} ${what}`), all.join("\n"));
  }
});

Deno.test("migrate() names what is done to all variables, or to one inside an expression", async () => {
  await assertTold({
    "globals().update(load())": [`4: ${ANY} globals().update(load())`],
    "globals()['BACKUP_DIRECTORIES'] = 1": [`4: ${DIRECTORIES} globals()["…"]`],
    "for k, v in x: globals()[k] = v": [`4: ${ANY} globals()[k]`],
    "g = globals()\ng['a'] = 1": [`5: ${ANY} g["…"]`],
    "exec(open('a').read())": [`4: ${ANY} exec(open("…").read())`],
    "setattr(sys.modules[__name__], 'A', 1)": [
      `4: ${ANY} setattr(sys.modules[__name__], "…", 1)`,
    ],
    "me = sys.modules[__name__]\nme.BACKUP_DIRECTORIES = []": [`5: ${ANY} me.BACKUP_DIRECTORIES`],
    "def f():\n  exec(x, globals())": [`5: ${ANY} exec(x, globals())`],
    "(BACKUP_DIRECTORIES := ['/a'])": [`4: ${DIRECTORIES} (BACKUP_DIRECTORIES := ["…"])`],
    "if (BACKUP_DIRECTORIES := f()): pass": [`4: ${DIRECTORIES} if (BACKUP_DIRECTORIES := f())`],
    "x = globals().get('a'); db.exec('a'); x = globals()['b']": [],
  });
  const all = messages(await migrated(`${REPOSITORY}${SOURCES}(PRUNE_KEEP_DAILY := 3)\n`));
  assert.ok(all.some((message) => message.startsWith("4: PRUNE_KEEP_DAILY could not be read")));
});

Deno.test("migrate() prunes nothing when any setting may have been changed", async () => {
  for (const line of ["from local_settings import *", "exec(x)", "(PRUNE_KEEP_DAILY := 3)"]) {
    const source = `${REPOSITORY}${SOURCES}PRUNE_KEEP_DAILY = 7\n${line}\n`;
    const migration = await migrated(source);
    assert.equal(read(migration).retention, undefined, line);
    assert.match(migration.toml, /^#keep_daily = 7/m);
    assert.match(messages(migration).join("\n"), /nothing is pruned until/);
  }
});
