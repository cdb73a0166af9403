/** The tables of the configuration, all but `[[repositories]]` and what it can override. @module */
import { borgPattern } from "./exclude_pattern.ts";
import { remind, WHENS } from "./notify_schema.ts";
import { DEFAULT_STATE_DIR } from "./paths.ts";
import {
  anyText,
  datasetName,
  duration,
  flag,
  list,
  oneOf,
  path,
  place,
  secret,
  secretPath,
  secretText,
  size,
  sourcePlace,
  table,
  text,
  whole,
} from "./values.ts";

const ADDRESS = text(
  'a mail address such as "root@example.org"',
  /^[^\s@<>()\[\],;:"\\]+@[^\s@<>()\[\],;:"\\]+$/,
);

/** What is backed up from the live file system. */
export const sources = table("sources", {
  directories: list("paths", sourcePlace()).default([])
    .describe(
      'Directories (or files) to back up. "/" needs one_file_system, or /proc and /sys in exclude.',
    ),
  optional: list("paths", sourcePlace()).default([])
    .describe(
      "Directories (or files) that may be absent, such as on a disk that is not always plugged " +
        "in. One that is missing or empty is skipped: the run does not fail, and pruning " +
        "continues; when retention is about to drop the last archive with its files, the run " +
        "warns. Not for ZFS datasets: these are always expected.",
    ),
  exclude: list("Borg patterns", borgPattern()).default([])
    .describe("Borg patterns to exclude; see `borg help patterns`."),
  exclude_if_present: list("file names", text("a file name without a slash", /^[^/\p{Cc}]+$/u))
    .default([]).describe("Exclude every directory that contains a file with one of these names."),
  exclude_caches: flag().default(false)
    .describe("Exclude directories that are marked by a CACHEDIR.TAG."),
  one_file_system: flag().default(false)
    .describe("Stay on the file system of each directory; do not descend into mounts below it."),
}).prefault({}).describe("What is backed up from the live file system.");

/** Which ZFS datasets are backed up from a snapshot. */
export const zfs = table("zfs", {
  datasets: list("dataset names", datasetName()).default([])
    .describe("ZFS datasets to snapshot and back up."),
  recursive: flag().default(false).describe("Include their child datasets."),
  exclude: list(
    "dataset names",
    text('a dataset or a glob, such as "tank/tmp" or "tank/*/cache"', /^[^@\p{Cc}]+$/u),
  ).default([]).describe("Datasets to exclude from a recursive snapshot: names and globs."),
  snapshot_directories: flag().default(true)
    .describe("Also read sources.directories that are on ZFS from a snapshot."),
}).prefault({}).describe("Which ZFS datasets are backed up from a snapshot.");

/** When a new archive is suspiciously small. */
export const sizeGuard = table("size_guard", {
  files: whole(1, 100).default(50)
    .describe(
      "Suspend pruning if the number of files drops by more than this percentage; 100: never.",
    ),
  size: whole(1, 100).default(50)
    .describe(
      "Suspend pruning if the size before compression drops by more than this " +
        "percentage; 100: never.",
    ),
}).prefault({}).describe(
  "Protection from archives that are suspiciously small, compared with " +
    "the last one.",
);

/** When a run changed unusually much. */
export const changeGuard = table("change_guard", {
  enabled: flag().default(true)
    .describe("Suspend pruning if far more existing files than usual were changed or replaced."),
}).prefault({}).describe("Protection from mass changes, such as by ransomware.");

/** A path in an archive. No part of it leads upwards: archives have no such paths. */
const ARCHIVE_PATH = /^(?!\/*(?:\.\/*)*$)(?!(?:.*\/)?\.\.(?:\/|$))(?!~(?:\/|$))[^\p{Cc}]+$/su;

/** What every new archive must hold. */
export const expectation = table("[expect]", {
  path: text(
    'a path or glob in the archive, such as "srv/nextcloud/config.php" or "srv/dumps/*.sql"',
    ARCHIVE_PATH,
  ).describe(
    "Path or glob in the archive, below one of the sources; a directory stands for everything " +
      "below it. Without other keys, at least one match is required.",
  ),
  newer_than: duration((duration) => duration > 0, 'a duration of more than "0s", such as "2d"')
    .optional().describe("Maximum age (mtime) of the newest file when the run begins."),
  min_size: size((size) => size > 0, 'a size of more than "0B", such as "1MiB"').optional()
    .describe("Minimum total size of the files, before compression."),
  min_files: whole(1).optional()
    .describe("Minimum number of regular files; directories and links do not count."),
});

/** What of this machine needs no backup. */
export const coverage = table("coverage", {
  ignore: list(
    "paths, dataset names and globs",
    text('a path, a dataset or a glob, such as "/srv/cache" or "tank/tmp"', /^[^@\p{Cc}]+$/u),
  ).default(["/boot", "/efi"]).describe(
    "File systems, datasets, home directories, databases and container volumes that need no " +
      "backup, with all that is below them: paths, names and globs.",
  ),
}).prefault({}).describe("What of this machine may be in no source.");

/** The log files. */
export const logs = table("logs", {
  directory: place().default("/var/log/autoborg").describe(
    "Directory of the log files, one per " +
      "run.",
  ),
  keep: whole(1).default(30).describe("Number of log files to keep."),
  level: oneOf("debug", "info", "warning").default("info")
    .describe("Minimum level of what is logged; debug lists every changed file."),
}).prefault({}).describe("The log files.");

/** Reports by mail. */
export const mail = table("mail", {
  server: text(
    "a host name or address, without a port",
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*)$/,
  ).describe("SMTP server: a host name or address."),
  port: whole(1, 65535).optional()
    .describe("Port; default: 587 for starttls, 465 for tls, 25 for none."),
  security: oneOf("starttls", "tls", "none").default("starttls")
    .describe("Encryption of the connection."),
  username: anyText().optional().describe(
    "User name for SMTP authentication; unset: no " +
      "authentication.",
  ),
  password: secretText().optional()
    .describe(
      "Password in plain text; alternatives: password_file or the credential " +
        "mail.password.",
    ),
  password_file: secretPath().optional()
    .describe("File with the password; may begin with $CREDENTIALS_DIRECTORY/."),
  from_address: ADDRESS.describe("Sender address."),
  from_name: text("a name in one line", /^[^\p{Cc}]+$/u).default("autoborg")
    .describe("Sender name."),
  recipients: list("mail addresses", ADDRESS).min(1, { error: "at least one mail address" })
    .describe("Recipients of the report."),
  when: oneOf(...WHENS).default("always").describe(
    "When to send a report: after every run, only after runs with problems, or only when the " +
      "state changes.",
  ),
  remind: remind().prefault("7d").describe(
    'With when = "changes": how often to repeat that the state is still bad; "0s": never.',
  ),
  ca_file: path().optional()
    .describe(
      "PEM file with the certificate of the server's certificate authority, if it is a private " +
        "one.",
    ),
}).optional().describe("Reports by mail; without this table there is no mail.");

/** Directories that autoborg uses. */
export const paths = table("paths", {
  temp_dir: place().default("/run/autoborg")
    .describe("Directory where snapshots are mounted during a run; must be empty before it."),
  state_dir: place().default(DEFAULT_STATE_DIR).describe(
    "Directory of the lock, the journal " +
      "and the history.",
  ),
}).prefault({}).describe("Directories that autoborg uses.");

/** The run as a whole. */
export const run = table("run", {
  parallel: whole(0).default(0)
    .describe("Number of repositories to back up to at the same time; 0: all."),
  timeout: duration((duration) => duration > 0, 'a duration of more than "0s", such as "12h"')
    .optional().describe("Stop a run that takes longer than this; default: no limit."),
}).prefault({}).describe("The run as a whole.");

/** What `autoborg status` thinks of as too old. */
export const status = table("status", {
  max_age: duration((duration) => duration > 0, 'a duration of more than "0s", such as "26h"')
    .prefault("26h").describe(
      "Maximum age of the last good backup before `autoborg status` " +
        "fails.",
    ),
}).prefault({}).describe("Limit of `autoborg status`.");

/** A monitoring service that wants to hear of every run. */
export const ping = table("ping", {
  url: secret(text("an http:// or https:// URL", /^https?:\/\/[^\s/?#]+\S*$/)).optional()
    .describe(
      "Ping URL of Healthchecks, called at the start and the end of a run: [[notify]] of kind " +
        "healthchecks in short; treated as a secret.",
    ),
}).prefault({}).describe("Monitoring service that is notified of every run.");

/** Metrics for Prometheus. */
export const metrics = table("metrics", {
  textfile: place().regex(/\.prom$/, {
    error: 'a path that ends in ".prom": node_exporter reads no other file',
  }).optional()
    .describe(
      "File to write after each run for the textfile collector of node_exporter; must " +
        "end in .prom.",
    ),
}).prefault({}).describe("Metrics for Prometheus.");
