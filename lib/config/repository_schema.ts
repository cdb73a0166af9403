/**
 * The keys of `[[repositories]]`, and of the tables that a repository may have of its own.
 * @module
 */
import { parseRepositoryUrl } from "./repository_url.ts";
import {
  anyText,
  duration,
  flag,
  list,
  oneOf,
  path,
  readable,
  secretPath,
  secretText,
  size,
  table,
  text,
  whole,
} from "./values.ts";

const HOUR = 3_600_000;

/** One of Borg's algorithms with its levels; `auto` and `obfuscate` may stand before it. */
const COMPRESSION = new RegExp(
  "^(?:obfuscate,(?:[1-6]|11\\d|12[0-3]|250),)?(?:auto,)?" +
    "(?:none|lz4|zstd(?:,(?:[1-9]|1\\d|2[0-2]))?|(?:zlib|lzma)(?:,\\d)?)$",
);

/** Borg 1's modes that keep the key in a file of this machine. */
export const KEYFILE_MODES: readonly string[] = ["keyfile", "keyfile-blake2"];

const count = (unit: string) =>
  whole(-1).optional().describe(
    `Keep the newest archive of so many ${unit}; -1: of all; 0: not set.`,
  );

/** The keys of `retention`: none of them set means that nothing is pruned. */
export const retention = {
  keep_last: whole(0).optional().describe("Keep so many of the newest archives; 0: not set."),
  keep_daily: count("days"),
  keep_weekly: count("weeks"),
  keep_monthly: count("months"),
  keep_yearly: count("years"),
  keep_within: duration(
    (duration) => duration % HOUR === 0,
    'a duration in whole hours, such as "48h", "7d" or "2w"',
  ).optional().describe('Keep every archive that is not older than this, such as "7d".'),
};

/** The keys of `check`. */
export const check = {
  enabled: flag().describe("Check the repository and its archives after each backup."),
  verify_data: flag().describe("Read, decrypt and verify all data too; takes long."),
  every: duration().describe('Check only when the last check is older than this; "0s": each run.'),
};

/** The keys of `compact`. */
export const compact = {
  enabled: flag().describe("Free the space of pruned archives after each backup."),
};

const own = {
  retention: table("repositories.retention", retention).optional()
    .describe("Replaces keys of the global [retention] for this repository."),
  check: table("repositories.check", {
    enabled: check.enabled.optional(),
    verify_data: check.verify_data.optional(),
    every: check.every.optional(),
  }).optional().describe("Replaces keys of the global [check] for this repository."),
  compact: table("repositories.compact", { enabled: compact.enabled.optional() }).optional()
    .describe("Replaces keys of the global [compact] for this repository."),
};

const passphrases = {
  passphrase: secretText().optional()
    .describe("The passphrase itself. Exactly one of the three passphrase keys is needed."),
  passphrase_file: secretPath().optional().describe(
    "A file that holds the passphrase; may begin with $CREDENTIALS_DIRECTORY/.",
  ),
  passphrase_command: anyText().optional()
    .describe(
      "A command that prints the passphrase; Borg starts it without a shell and waits 60 s at most.",
    ),
};

/** One repository. */
export const repositorySchema = table("repositories", {
  label: text(
    "a name of up to 32 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/,
  ).describe("What reports call this repository."),
  url: readable("a local path or an ssh:// url", parseRepositoryUrl)
    .describe("Where it is: a path, ssh://user@host:port/path or user@host:path."),
  encryption: oneOf(
    "repokey-blake2",
    "repokey",
    "keyfile-blake2",
    "keyfile",
    "authenticated-blake2",
    "authenticated",
    "none",
  ).default("repokey-blake2").describe("How `autoborg init` encrypts it; cannot be changed later."),
  ...passphrases,
  ssh_key: path().optional().describe("The private SSH key for this repository."),
  ssh_options: list(
    '"Key=Value" strings',
    text('an SSH option as "Key=Value"', /^[A-Za-z][A-Za-z0-9]*=[^\p{Cc}]+$/u),
  ).default([]).describe('Options for ssh as in ssh_config, such as "ServerAliveInterval=30".'),
  remote_borg: anyText().optional().describe("The borg program on the other machine."),
  compression: text(
    'one of Borg\'s compressions, such as "lz4", "zstd,3" or "auto,zlib,6"',
    COMPRESSION,
  ).default("zstd,3").describe("How new data is compressed: none, lz4, zstd, zlib or lzma."),
  upload_rate_limit: size(
    (size) => size >= 1024,
    'a size per second of at least "1KiB", such as "2MiB"',
  ).optional().describe(
    'How many bytes a second may be sent, such as "2MiB"; unlimited if absent.',
  ),
  lock_wait: duration().prefault("10m")
    .describe("How long to wait for a repository that someone else is using."),
  optional: flag().default(false)
    .describe("When it is absent (a disk not plugged in), skip it instead of failing."),
  same_disk: flag().default(false).describe(
    "It may lie on the same file system as its sources, or where no disk is mounted: do not warn.",
  ),
  ...own,
});
