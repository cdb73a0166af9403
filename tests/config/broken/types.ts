/**
 * Files with values of the wrong type.
 *
 * @module
 */
import { type Broken, DISK, end, HEAD, key, top } from "./file.ts";

/** Files with values of the wrong type. */
export const TYPES: readonly Broken[] = [
  {
    name: "has a boolean for a string",
    text: (HEAD + DISK).replace('"host"', "true"),
    says: [
      "1:8: name: expected a string, found true; write a name of up to 64 letters…",
    ],
  },
  end(
    "has a string for a boolean",
    "optional = 'yes'",
    '7:12: repositories[0].optional: expected true or false, found a string, "yes"; write true, without quotes',
  ),
  end(
    "has a string for a number",
    "[retention]\nkeep_daily = '7'",
    '8:14: retention.keep_daily: expected a whole number of at least -1, found a string, "7"; leave out the quotes',
  ),
  end(
    "has quotes around true",
    "optional = 'true'",
    '7:12: repositories[0].optional: expected true or false, found a string, "true"; leave out…',
  ),
  end(
    "has a fraction for a whole number",
    "[verify]\nfiles = 0.5",
    "8:9: verify.files: expected a whole number of at least 0, found 0.5",
  ),
  end(
    "has nan for a number",
    "[verify]\nfiles = nan",
    "8:9: verify.files: expected a whole number of at least 0, found NaN",
  ),
  end(
    "has a number for a duration",
    "lock_wait = 600",
    '7:13: repositories[0].lock_wait: expected a string, found a number; write a duration…"10m"…',
  ),
  end(
    "has a date for a duration",
    "[status]\nmax_age = 2026-01-01",
    "8:11: status.max_age: expected a string, found a date; write a duration…",
  ),
  {
    name: "has a string for an array",
    text: (HEAD + DISK).replace('["/etc"]', '"/etc"'),
    says: [
      '2:23: sources.directories: expected a list of paths, found a string, "/etc"; write it in brackets: ["/etc"]',
    ],
  },
  {
    name: "has a number in an array",
    text: (HEAD + DISK).replace('"/etc"', '"/etc", 7'),
    says: [
      "2:32: sources.directories[1]: expected a string, found a number; write a path…",
    ],
  },
  top(
    "has a string for a table",
    'mail = "root@host"',
    '3:8: mail: expected a table ([mail]), found a string, "root@host"',
  ),
  {
    name: "has one table for the repositories",
    text: HEAD + DISK.replace("[[", "[").replace(
      "]]",
      "]",
    ),
    says: [
      "3:1: repositories: expected a list of tables ([[repositories]]), found a table; write [[repositories]], with…",
    ],
  },
  {
    name: "has strings for the repositories",
    text: `${HEAD}repositories = ["/mnt/disk"]\n`,
    says: [
      '3:17: repositories[0]: expected a table ([[repositories]]), found a string, "/mnt/disk"',
    ],
  },
  key(
    "has a number for the passphrase",
    "passphrase = 12345",
    "6:14: repositories[0].passphrase: expected a string, found a number",
  ),
  key(
    "has an array for the passphrase",
    'passphrase = ["geheim"]',
    "6:14: repositories[0].passphrase: expected a string, found a list",
  ),
];
