/** The tables of the configuration, all but `[[repositories]]` and what it can override. @module */
import {
  anyText,
  duration,
  flag,
  list,
  oneOf,
  path,
  secretPath,
  secretText,
  size,
  table,
  text,
  whole,
} from "./values.ts";

/** Borg takes two letters and a colon at the beginning of a pattern for its style. */
const PATTERN = /^(?!(?!(?:fm|sh|re|pp|pf):)[A-Za-z0-9]{2}:.)[^\p{Cc}]+$/u;

const ADDRESS = text(
  'a mail address such as "root@example.org"',
  /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/,
);

/** What is backed up from the live file system. */
export const sources = table("sources", {
  directories: list("paths", path()).default([])
    .describe("Directories (or files) to back up."),
  optional: list("paths", path()).default([])
    .describe(
      "Directories (or files) to back up when they are there, such as on a disk that is not always " +
        "plugged in. One that is missing or empty is skipped: the run does not fail, and prune " +
        "goes on. For directories alone: a dataset is found by its pool, and always expected.",
    ),
  exclude: list(
    "Borg patterns",
    text('a Borg pattern, such as "*.tmp", "sh:home/*/.cache" or "re:\\.o$"', PATTERN),
  ).default([]).describe("Borg patterns of what to leave out; see `borg help patterns`."),
  exclude_if_present: list("file names", text("a file name without a slash", /^[^/\p{Cc}]+$/u))
    .default([]).describe("Leave out each directory that has a file of one of these names."),
  exclude_caches: flag().default(false)
    .describe("Leave out directories that are marked by a CACHEDIR.TAG."),
  one_file_system: flag().default(false)
    .describe("Stay on the file system of each directory, do not enter mounts below it."),
}).prefault({}).describe("What is backed up from the live file system.");

/** Which ZFS datasets are backed up from a snapshot. */
export const zfs = table("zfs", {
  datasets: list(
    "dataset names",
    text(
      'a dataset such as "tank/data", without a leading slash, "@", "#" or "%"',
      /^(?!\.{1,2}(?:\/|$))[^\s/@#%][^/@#%\p{Cc}]*(?:\/(?!\.{1,2}(?:\/|$))[^/@#%\p{Cc}]+)*$/u,
    ),
  ).default([]).describe("ZFS datasets to snapshot and back up."),
  recursive: flag().default(false).describe("Take the datasets below them too."),
  exclude: list(
    "dataset names",
    text('a dataset or a glob, such as "tank/tmp" or "tank/*/cache"', /^[^@\p{Cc}]+$/u),
  ).default([]).describe("Datasets to leave out of a recursive snapshot: names and globs."),
  snapshot_directories: flag().default(true)
    .describe("Read sources.directories that are on ZFS from a snapshot as well."),
}).prefault({}).describe("Which ZFS datasets are backed up from a snapshot.");

/** What is read back from each new archive. */
export const verify = table("verify", {
  files: whole(0).default(20)
    .describe("How many files are read back from each new archive and compared; 0: none."),
}).prefault({}).describe("Proof that a new archive can be restored.");

/** When a new archive is suspiciously small. */
export const sizeGuard = table("size_guard", {
  files: whole(1, 100).default(50)
    .describe(
      "Prune waits for a person when an archive has so many percent fewer files; 100: never.",
    ),
  size: whole(1, 100).default(50)
    .describe("The same for its size before compression."),
}).prefault({}).describe("When a new archive is suspiciously small, compared with the last one.");

/** When a run changed unusually much. */
export const changeGuard = table("change_guard", {
  enabled: flag().default(true)
    .describe(
      "Prune waits for a person when a run finds far more existing files changed or replaced than " +
        "usual.",
    ),
}).prefault({}).describe("When far more data than usual was rewritten, as ransomware does.");

/** A path in an archive. No part of it leads upwards: archives have no such paths. */
const ARCHIVE_PATH = /^(?!\/*(?:\.\/*)*$)(?!(?:.*\/)?\.\.(?:\/|$))(?!~(?:\/|$))[^\p{Cc}]+$/su;

/** What every new archive must hold. */
export const expectation = table("expect", {
  path: text(
    'a path or glob in the archive, such as "srv/nextcloud/config.php" or "srv/dumps/*.sql"',
    ARCHIVE_PATH,
  ).describe(
    "A path or glob in the archive; a directory stands for all that is below it. By itself it " +
      "means that there is something. It lies in one of the sources.",
  ),
  newer_than: duration((duration) => duration > 0, 'a duration of more than "0s", such as "2d"')
    .optional().describe(
      "The newest file was modified less than this before the run began (its mtime counts).",
    ),
  min_size: size((size) => size > 0, 'a size of more than "0B", such as "1MiB"').optional()
    .describe("All files together hold at least this much, before compression."),
  min_files: whole(1).optional()
    .describe("There are at least this many regular files; directories and links don't count."),
});

/** The log files. */
export const logs = table("logs", {
  directory: path().default("/var/log/autoborg").describe("Where each run writes one file."),
  keep: whole(1).default(30).describe("How many log files stay."),
  level: oneOf("debug", "info", "warning").default("info")
    .describe("The least important lines that are written; debug lists every changed file."),
}).prefault({}).describe("The log files.");

/** Reports by mail. */
export const mail = table("mail", {
  server: text(
    "a host name or address, without a port",
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*)$/,
  ).describe("The SMTP server."),
  port: whole(1, 65535).optional()
    .describe("Its port; by default 587 for starttls, 465 for tls, 25 for none."),
  security: oneOf("starttls", "tls", "none").default("starttls")
    .describe("How the connection is encrypted."),
  username: anyText().optional().describe("Who logs in; without it nobody does."),
  password: secretText().optional()
    .describe("The password itself; or password_file, or the credential mail.password."),
  password_file: secretPath().optional()
    .describe("A file that holds the password; may begin with $CREDENTIALS_DIRECTORY/."),
  from_address: ADDRESS.describe("The sender's address."),
  from_name: text("a name in one line", /^[^\p{Cc}]+$/u).default("autoborg")
    .describe("The sender's name."),
  recipients: list("mail addresses", ADDRESS).min(1, { error: "at least one mail address" })
    .describe("Who gets the report."),
  when: oneOf("always", "problems").default("always").describe("After which runs."),
  ca_file: path().optional()
    .describe(
      "A PEM file with the certificate authority of the server, if it is not a public one.",
    ),
}).optional().describe("Reports by mail; without this table there is no mail.");

/** Directories that autoborg uses. */
export const paths = table("paths", {
  temp_dir: path().default("/run/autoborg")
    .describe("Where snapshots are mounted during a run; must be empty before it."),
  state_dir: path().default("/var/lib/autoborg").describe("Lock, journal and history."),
}).prefault({}).describe("Directories that autoborg uses.");

/** The run as a whole. */
export const run = table("run", {
  parallel: whole(0).default(0)
    .describe("How many repositories work at the same time; 0: all of them."),
  timeout: duration((duration) => duration > 0, 'a duration of more than "0s", such as "12h"')
    .optional().describe("Stop a run that takes longer than this; unlimited if absent."),
}).prefault({}).describe("The run as a whole.");

/** What `autoborg status` thinks of as too old. */
export const status = table("status", {
  max_age: duration((duration) => duration > 0, 'a duration of more than "0s", such as "26h"')
    .prefault("26h").describe("`autoborg status` fails when the last good backup is older."),
}).prefault({}).describe("What `autoborg status` thinks of as too old.");

/** A monitoring service that wants to hear of every run. */
export const ping = table("ping", {
  url: text("an http:// or https:// url", /^https?:\/\/[^\s/?#]+\S*$/).optional()
    .describe("Called at the start and the end of a run (healthchecks.io); treated as a secret."),
}).prefault({}).describe("A monitoring service that wants to hear of every run.");

/** Metrics for Prometheus. */
export const metrics = table("metrics", {
  textfile: path().optional()
    .describe("Written after each run for the textfile collector of node_exporter; ends in .prom."),
}).prefault({}).describe("Metrics for Prometheus.");
