/**
 * The keys of `[[repositories]]`, and of the tables that a repository may have of its own.
 * @module
 */
import { borgPattern } from "./exclude_pattern.ts";
import { readable, statement } from "./readable_text.ts";
import { parseRepositoryUrl } from "./repository_url.ts";
import {
  anyText,
  datasetName,
  duration,
  flag,
  interval,
  list,
  oneOf,
  path,
  secret,
  secretPath,
  secretText,
  size,
  sourcePlace,
  table,
  text,
  whole,
} from "./values.ts";
import { checkCommand } from "./written_out.ts";

const HOUR = 3_600_000;

/** One of Borg's algorithms with its levels; `auto` and `obfuscate` may stand before it. */
const COMPRESSION = new RegExp(
  "^(?:obfuscate,(?:[1-6]|11\\d|12[0-3]|250),)?(?:auto,)?" +
    "(?:none|lz4|zstd(?:,(?:[1-9]|1\\d|2[0-2]))?|(?:zlib|lzma)(?:,\\d)?)$",
);

/** Borg 1's modes that keep the key in a file of this machine. */
export const KEYFILE_MODES: readonly string[] = ["keyfile", "keyfile-blake2"];

const count = (unit: string) =>
  whole(-1).optional().describe(`Number of ${unit} archives to keep; -1: all; 0: unset.`);

/** The keys of `retention`: none of them set means that nothing is pruned. */
export const retention = {
  keep_last: whole(0).optional().describe("Number of most recent archives to keep; 0: unset."),
  keep_secondly: count("secondly").describe(
    "The same as keep_last, and no more than one archive a second; set one of the two.",
  ),
  keep_minutely: count("minutely"),
  keep_hourly: count("hourly"),
  keep_daily: count("daily"),
  keep_weekly: count("weekly"),
  keep_monthly: count("monthly"),
  keep_13weekly: count("quarterly").describe(
    "Number of quarterly archives to keep, quarters of 13 weeks; -1: all; 0: unset. Needs Borg " +
      "1.4.1; not with keep_3monthly.",
  ),
  keep_3monthly: count("quarterly").describe(
    "Number of quarterly archives to keep, quarters of 3 months; -1: all; 0: unset. Needs Borg " +
      "1.4.1; not with keep_13weekly.",
  ),
  keep_yearly: count("yearly"),
  keep_within: duration(
    (duration) => duration % HOUR === 0,
    'a duration in whole hours, such as "48h", "7d" or "2w"',
  ).optional().describe('Keep all archives made within this period, such as "7d".'),
  also: text('"keep" or a glob of archives, such as "old-????-??-??"', /^[^/@\s\p{Cc}]+$/u)
    .optional()
    .describe(
      "Glob of archives of another name, such as those of an older script: they are pruned by the " +
        'same rules, counted separately; "keep": they stay.',
    ),
};

/** The keys of `check`. */
export const check = {
  enabled: flag().describe("Check the repository and its archives after each backup."),
  repository_every: interval().describe(
    'How often the whole repository is checked; "0s": in every run; "never".',
  ),
  archives_every: interval().describe(
    'How often each archive is read and decrypted; "never". Default: "14d", over ssh "never".',
  ),
  verify_data_every: interval().describe(
    'How often all data is read and decrypted, however long it takes; "never".',
  ),
  max_duration: duration(
    (duration) => duration >= 1_000,
    'a duration of at least "1s", such as "1h"',
  ).describe("How long a run may check a repository and its archives; the next one continues."),
};

/** The keys of `compact`. */
export const compact = {
  enabled: flag().describe("Free the space of pruned archives after each backup."),
};

/** Longer than nothing: a server that has just refused needs a moment. */
const wait = duration((wait) => wait > 0, 'a duration of more than "0s", such as "1m"');

/** The keys of `retry`. */
export const retry = {
  waits: list('durations such as "1m"', wait).describe(
    "Waits before the 2nd, 3rd, ... attempt of a step whose failure may pass, such as a refused " +
      "or lost connection or a locked repository; each one varies by up to a quarter. []: no " +
      "further attempt.",
  ),
  hold: duration().describe("How long snapshots are kept for a repository that is being retried."),
};

/** The waits when none are set. */
export const DEFAULT_WAITS = ["1m", "5m", "15m"];

/** The keys of `verify`. */
export const verify = {
  files: whole(0).describe(
    "Minimum number of files of each new archive to read back and compare, new and changed ones " +
      "first; 0: nothing is read back.",
  ),
  cycle: duration().describe(
    "Time within which every file is read back once, in turn, as far as max_bytes allows; " +
      '"0s": no more than `files`.',
  ),
  max_bytes: size().optional().describe(
    'Limit of what a run reads back, on average; "0B": no limit; default: "64MiB" for a ' +
      "repository on a server, no limit for a local one.",
  ),
};

const { also: _also, ...rules } = retention;

/** The keys of the retention of databases: `retention` without the archives of other names. */
export const databaseRetention: Omit<typeof retention, "also"> = rules;

const own = {
  retention: table("repositories.retention", retention).optional()
    .describe("Overrides keys of [retention] for this repository."),
  check: table("repositories.check", {
    enabled: check.enabled.optional(),
    repository_every: check.repository_every.optional(),
    archives_every: check.archives_every.optional(),
    verify_data_every: check.verify_data_every.optional(),
    max_duration: check.max_duration.optional(),
  }).optional().describe("Overrides keys of [check] for this repository."),
  verify: table("repositories.verify", {
    files: verify.files.optional(),
    cycle: verify.cycle.optional(),
    max_bytes: verify.max_bytes,
  }).optional().describe("Overrides keys of [verify] for this repository."),
  compact: table("repositories.compact", { enabled: compact.enabled.optional() }).optional()
    .describe("Overrides keys of [compact] for this repository."),
  retry: table("repositories.retry", {
    waits: retry.waits.optional(),
    hold: retry.hold.optional(),
  }).optional().describe("Overrides keys of [retry] for this repository."),
};

/** What a repository does not get; without these keys it gets every source. */
const sources = {
  directories: list("paths", sourcePlace()).optional().describe(
    "Which of sources.directories and sources.optional this repository gets; default: all. What " +
      "lies below one of them goes with it.",
  ),
  datasets: list("dataset names", datasetName()).optional()
    .describe("Which of zfs.datasets this repository gets; default: all."),
  exclude: list("Borg patterns", borgPattern()).default([]).describe(
    "Borg patterns to exclude from this repository, in addition to sources.exclude.",
  ),
};

const passphrases = {
  passphrase: secretText().optional()
    .describe("Passphrase in plain text; set exactly one of the three passphrase keys."),
  passphrase_file: secretPath().optional().describe(
    "File with the passphrase; may begin with $CREDENTIALS_DIRECTORY/.",
  ),
  passphrase_command: secret(anyText().superRefine(statement(checkCommand))).optional()
    .describe(
      "Command that prints the passphrase; Borg runs it without a shell and waits at most 60 s.",
    ),
};

/** One repository. */
export const repositorySchema = table("[repositories]", {
  label: text(
    "a name of up to 32 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/,
  ).describe("Name of this repository in reports and on the command line."),
  url: readable("a local path or an ssh:// URL", parseRepositoryUrl)
    .describe("Location: a path, ssh://user@host:port/path or user@host:path."),
  encryption: oneOf(
    "repokey-blake2",
    "repokey",
    "keyfile-blake2",
    "keyfile",
    "authenticated-blake2",
    "authenticated",
    "none",
  ).default("repokey-blake2").describe(
    "Encryption mode that `autoborg init` uses; cannot be " +
      "changed later.",
  ),
  ...passphrases,
  ssh_key: path().refine((value) => !value.endsWith(".pub"), {
    error: "the private key, whose file has the same name without .pub",
  }).optional().describe("Private SSH key for this repository."),
  ssh_options: list(
    '"Key=Value" strings',
    text('an SSH option as "Key=Value"', /^[A-Za-z][A-Za-z0-9]*=[^\p{Cc}]+$/u),
  ).default([]).describe('Options for ssh as in ssh_config, such as "ServerAliveInterval=30".'),
  remote_borg: anyText().optional().describe("Borg executable on the server."),
  compression: text(
    'one of Borg\'s compressions, such as "lz4", "zstd,3" or "auto,zlib,6"',
    COMPRESSION,
  ).default("zstd,3").describe("Compression of new data: none, lz4, zstd, zlib or lzma."),
  upload_rate_limit: size(
    (size) => size >= 1024,
    'a size per second of at least "1KiB", such as "2MiB"',
  ).optional().describe('Upload limit per second, such as "2MiB"; default: unlimited.'),
  lock_wait: duration().prefault("10m")
    .describe("How long to wait for a repository that another process has locked."),
  optional: flag().default(false)
    .describe(
      "Skip the repository instead of failing when it is absent, such as a disk that " +
        "is not plugged in.",
    ),
  same_disk: flag().default(false).describe(
    "Do not warn when it is on the same file system as its sources, or where no disk is mounted.",
  ),
  pruned_elsewhere: flag().default(false).describe(
    "Another machine prunes it by the rules of its retention: prune and compact are skipped here, " +
      "and archives that these rules remove raise no alarm.",
  ),
  ...sources,
  ...own,
});
