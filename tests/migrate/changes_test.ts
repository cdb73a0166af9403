import assert from "node:assert/strict";
import { LEAST, migrated, openKeys } from "./migrated.ts";

/** The keys that are left to a person when a script has these lines; they begin in line 4. */
async function open(lines: string): Promise<readonly string[]> {
  return openKeys(await migrated(`${LEAST}${lines}\n`));
}

async function assertOpen(cases: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [lines, expected] of Object.entries(cases)) {
    assert.deepEqual(await open(lines), expected, lines);
  }
}

const directories = (line: number) => [`sources.directories ${line}`];
const repositories = (line: number) => [`repositories ${line}`];
const all = (line: number) => [`name ${line}`, ...repositories(line), ...directories(line)];

Deno.test("migrate() leaves a list to a person that is changed after its assignment", async () => {
  for (
    const statement of [
      "BACKUP_DIRECTORIES += ['/opt']",
      "BACKUP_DIRECTORIES.append('/opt')",
      "BACKUP_DIRECTORIES.extend(more)",
      "BACKUP_DIRECTORIES.insert(0, '/opt')",
      "BACKUP_DIRECTORIES.remove('/etc')",
      "BACKUP_DIRECTORIES[0] = '/opt'",
      "BACKUP_DIRECTORIES[1:] = ['/opt']",
      "BACKUP_DIRECTORIES[0] += '/opt'",
      "BACKUP_DIRECTORIES.__iadd__(x)",
      "del BACKUP_DIRECTORIES[0]",
      "del BACKUP_DIRECTORIES",
      "x = BACKUP_DIRECTORIES.pop()",
      "while BACKUP_DIRECTORIES.pop(): pass",
      "list(map(BACKUP_DIRECTORIES.append, x))",
      "for x in y: BACKUP_DIRECTORIES.append(x)",
      "for BACKUP_DIRECTORIES in x: pass",
      "for a, BACKUP_DIRECTORIES in x: pass",
      "if x: BACKUP_DIRECTORIES = ['/opt']",
      "if (BACKUP_DIRECTORIES := f()): pass",
      "(BACKUP_DIRECTORIES := ['/a'])",
      "while x: BACKUP_DIRECTORIES = ['/opt']",
      "with open(x) as BACKUP_DIRECTORIES: pass",
      "a, BACKUP_DIRECTORIES[0] = 1, 2",
      "def BACKUP_DIRECTORIES(): pass",
      "class BACKUP_DIRECTORIES: pass",
      "import dirs as BACKUP_DIRECTORIES",
      "from site import BACKUP_DIRECTORIES",
      "[BACKUP_DIRECTORIES.append(x) for x in y]",
      "f(lambda: BACKUP_DIRECTORIES.append(1))",
    ]
  ) assert.deepEqual(await open(statement), directories(4), statement);
});

Deno.test("migrate() leaves a setting to a person that a block or a function sets", async () => {
  await assertOpen({
    "try:\n  x()\nexcept E:\n  BACKUP_DIRECTORIES = []": directories(7),
    "def f():\n  global BACKUP_DIRECTORIES\n  BACKUP_DIRECTORIES = 1": directories(6),
    "def f():\n  BACKUP_DIRECTORIES.append('/a')": directories(5),
    "async def f():\n  BORG_REPOSITORIES[0]['a'] = 1": repositories(5),
    "class C:\n  BACKUP_DIRECTORIES = ['/a']": directories(5),
    "if x:\n  from a import (\n    B as BACKUP_DIRECTORIES,\n  )": directories(6),
    "try:\n  import dirs as BACKUP_DIRECTORIES\nexcept ImportError:\n  pass": directories(5),
    "try:\n  from s import BORG_REPOSITORIES, X\nexcept ImportError:\n  pass": repositories(5),
  });
  const above = await migrated(`def f():\n  BACKUP_DIRECTORIES.append('/a')\n${LEAST}`);
  assert.deepEqual(openKeys(above), directories(2), "a function above may be called below");
});

Deno.test("migrate() leaves repositories to a person whose parts are changed", async () => {
  await assertOpen({
    "BORG_REPOSITORIES[0].update(passphrase='x')": repositories(4),
    "BORG_REPOSITORIES[0]['a'].append(1)": repositories(4),
    "BORG_REPOSITORIES[0].get('a').append(1)": repositories(4),
    "for repo in BORG_REPOSITORIES: repo['passphrase'] = 'x'": repositories(4),
    "for repo in BORG_REPOSITORIES:\n  repo['passphrase'] = load()": repositories(5),
    "for i, repo in enumerate(BORG_REPOSITORIES):\n  if i:\n    repo.update(a=1)": repositories(6),
    "def f():\n  for repo in BORG_REPOSITORIES:\n    key = repo\n    key['a'] = 1": repositories(7),
    "[repo.pop('a') for repo in BORG_REPOSITORIES]": repositories(4),
    "FIRST = BORG_REPOSITORIES[0]\nFIRST['a'] = 1": repositories(5),
    "FIRST, = BORG_REPOSITORIES\nFIRST['a'] = 1": repositories(5),
    "for repo in BORG_REPOSITORIES:\n  repo |= {'passphrase': load()}": repositories(5),
  });
});

Deno.test("migrate() leaves a list to a person that is changed under another name", async () => {
  await assertOpen({
    "BACKUP_DIRECTORIES = DIRS = ['/etc']\nDIRS.append('/home')": directories(5),
    "DIRS = BACKUP_DIRECTORIES = ['/etc']\nDIRS.append('/home')": directories(5),
    "DIRS = BACKUP_DIRECTORIES\nDIRS += ['/home']": directories(5),
    "def f():\n  dirs = BACKUP_DIRECTORIES\n  dirs.append('/a')": directories(6),
    "a = BACKUP_DIRECTORIES\nb = a\nb.sort()": directories(6),
  });
});

Deno.test("migrate() leaves all settings to a person that something may set by its name", async () => {
  await assertOpen({
    "from local_settings import *": all(4),
    "try:\n  from local_settings import *\nexcept ImportError:\n  pass": all(5),
    "globals().update(load())": all(4),
    "for k, v in x: globals()[k] = v": all(4),
    "vars()['A'] = 1": all(4),
    "exec(open('a').read())": all(4),
    "setattr(sys.modules[__name__], 'A', 1)": all(4),
    "def f():\n  exec(x, globals())": all(5),
  });
  const before = await migrated(`from common import *\n${LEAST}`);
  assert.deepEqual(openKeys(before), [], "what is assigned afterwards is certain");
});

Deno.test("migrate() takes over what is only read", async () => {
  for (
    const lines of [
      "import os, sys, json\nimport os.path\nfrom pathlib import Path",
      "for repo in BORG_REPOSITORIES:\n  env = f(repo)\n  env['a'] = repo['passphrase']",
      "for repo in BORG_REPOSITORIES:\n  cmd = ['borg', repo['repo_url']]\n  cmd.append('a')",
      "def f():\n  for d in BACKUP_DIRECTORIES:\n    d += '/'\n  dirs = list(BACKUP_DIRECTORIES)",
      "def f():\n  cmd = ['borg'] + BACKUP_DIRECTORIES\n  cmd.append('a')",
      "dirs = list(BACKUP_DIRECTORIES)\ndirs.append('a')",
      "dirs = BACKUP_DIRECTORIES[:]\ndirs.append('a')",
      "dirs = BACKUP_DIRECTORIES.copy()\ndirs.append('a')",
      "name = BACKUP_NAME_PREFIX\nname += 'x'",
      "f(BACKUP_DIRECTORIES=1)",
      "x[BACKUP_NAME_PREFIX] = 1",
      "BACKUP_DIRECTORIES == 2",
      "print(f'{BACKUP_DIRECTORIES} BACKUP_DIRECTORIES = []')",
      "# BACKUP_DIRECTORIES = []",
      "vars(args)",
    ]
  ) assert.deepEqual(await open(lines), [], lines);
});

Deno.test("migrate() takes the last assignment, which undoes what was before", async () => {
  const again = "BACKUP_DIRECTORIES = ['/srv']";
  await assertOpen({
    [again]: [],
    [`BACKUP_DIRECTORIES.append('/a')\n${again}`]: [],
    [`if x: BACKUP_DIRECTORIES = []\n${again}`]: [],
    [`from a import *\n${again}`]: ["name 4", "repositories 4"],
  });
  const { toml } = await migrated(`${LEAST}${again}\n`);
  assert.match(toml, /^directories = \[ # BACKUP_DIRECTORIES, line 4\n {2}"\/srv",\n\]$/m);
});

Deno.test("migrate() leaves a secret to a person that is read from a file and set again", async () => {
  const mail = "SMTP_SERVER = 'localhost'\nEMAIL_TO = EMAIL_FROM = SMTP_USER = 'a@b'\n";
  const password = "SMTP_PASSWORD = open('/secret').read()\n";
  await assertOpen({
    [mail + password]: [],
    [`${mail}${password}if x: SMTP_PASSWORD = ask()`]: ["mail.password 7"],
  });
});

Deno.test("migrate() leaves to a person what stands beside a mistake in the syntax", async () => {
  await assertOpen({
    "BACKUP_DIRECTORIES = ['/a',\n  '/b']\n  '/c']": directories(6),
    "BACKUP_DIRECTORIES = ['/a'\nPRUNE_KEEP_DAILY = 7": directories(4),
    "BACKUP_DIRECTORIES = ['/a', '/b'\nPRUNE_KEEP_DAILY = 7\nZFS_POOLS = ['tank']": [
      "retention.keep_daily 5",
      ...directories(4),
      "zfs.datasets 6",
    ],
    "def f():\n  x(\nPRUNE_KEEP_DAILY = 7\n": ["retention.keep_daily 6"],
    "BACKUP_DIRECTORIES = ['/a]": directories(4),
    "def f():\n  with (open('a') as f, open('b') as h): pass": [],
  });
});
