/**
 * Files with mistakes in their keys.
 *
 * @module
 */
import { type Broken, DISK, end, HEAD, key, top } from "./file.ts";

/** Files with mistakes in their keys. */
export const KEYS: readonly Broken[] = [
  {
    name: "is empty",
    text: "",
    says: ["1:1: expected a configuration, found no key in it"],
  },
  {
    name: "has a mistyped key in a table",
    text: `name = "host"
[sources]
directories = ["/etc"]
  excludes = ["*.tmp"]
${DISK}`,
    says: ['4:3: sources.excludes: unknown key, did you mean "exclude"?'],
  },
  {
    name: "has a mistyped required key",
    text: (HEAD + DISK).replace("name", "nmae"),
    says: [
      '1:1: nmae: unknown key, did you mean "name"?',
    ],
  },
  {
    name: "has a mistyped key for its only source",
    text: (HEAD + DISK).replace("ries", "ris"),
    says: ['2:9: sources.directoris: unknown key, did you mean "directories"?'],
  },
  {
    name: "has a mistyped table",
    text: `${HEAD}${DISK}[retenshun]\nkeep_daily = 1\n`,
    says: [
      '7:2: retenshun: unknown key, did you mean "retention"?',
    ],
  },
  {
    name: "has a mistyped array of tables",
    text: HEAD + DISK.replace("repositories", "repository"),
    says: ['3:3: repository: unknown key, did you mean "repositories"?'],
  },
  {
    name: "has its name below a table",
    text: `[sources]\ndirectories = ["/etc"]\n${DISK}[retention]\nkeep_daily = 7\nname = "host"\n`,
    says: ["9:1: retention.name: unknown key, it belongs at the top of the file, above the first…"],
  },
  {
    name: "has its name below the last repository",
    text: `[sources]\ndirectories = ["/etc"]\n${DISK}name = "host"\n`,
    says: [
      "7:1: repositories[0].name: unknown key, it belongs at the top of the file, above the first…",
    ],
  },
  end(
    "has a table of borgmatic for a database",
    '[[postgresql_databases]]\nname = "all"',
    "7:3: postgresql_databases: unknown key, did you mean [[databases]]?",
  ),
  top(
    "has the directory of the logs at the top level",
    'log_dir = "/var/log"',
    '3:1: log_dir: unknown key, did you mean "directory" in [logs]?',
  ),
  top(
    "has a known key at the top level that belongs elsewhere",
    "keep_daily = 7",
    "3:1: keep_daily: unknown key, it belongs in [retention]",
  ),
  end(
    "has a known key in the wrong table",
    "[logs]\nmax_age = '1d'",
    "8:1: logs.max_age: unknown key, it belongs in [status]",
  ),
  end(
    "has a global key in a repository",
    "keep_daily = 7",
    "7:1: repositories[0].keep_daily: unknown key, it belongs in [repositories.retention]",
  ),
  end(
    "has a key of a repository in another table",
    "[run]\nssh_key = '/k'",
    "8:1: run.ssh_key: unknown key, it belongs in [[repositories]]",
  ),
  end(
    "has a key with hyphens",
    "[retention]\nkeep-daily = 7",
    '8:1: retention.keep-daily: unknown key, did you mean "keep_daily"?',
  ),
  end(
    "has a key with capitals",
    "[logs]\nLevel = 'info'",
    '8:1: logs.Level: unknown key, did you mean "level"?',
  ),
  end(
    "has a key that is like nothing",
    "[verify]\nxylophone = 7",
    "8:1: verify.xylophone: unknown key, known keys: files, cycle, max_bytes",
  ),
  end(
    "has a quoted unknown key",
    '[verify]\n"a b\\u0007" = 7',
    '8:1: verify."a b\\u0007": unknown key, known keys: files, cycle, max_bytes',
  ),
  key(
    "has a mistyped passphrase key",
    'pasphrase = "geheim"',
    '6:1: repositories[0].pasphrase: unknown key, did you mean "passphrase"?',
  ),
  key(
    "calls the passphrase a password",
    'password = "geheim"',
    '6:1: repositories[0].password: unknown key, did you mean "passphrase"?',
  ),
  end(
    "has an unknown key in an inline table",
    "check = { enabled = true, archive_every = '1d' }",
    '7:27: repositories[0].check.archive_every: unknown key, did you mean "archives_every"?',
  ),
];
