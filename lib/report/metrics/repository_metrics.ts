/** The metrics of repositories and of their last good backups. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import type { ArchiveReport } from "../run_report.ts";
import { gauge, type Metric, oneOf } from "./exposition.ts";
import type { MetricsSource } from "./metrics_source.ts";
import type { KeyStatus } from "../status/key_status.ts";
import { checkMetrics } from "./check_metrics.ts";
import { unixSeconds } from "./label_values.ts";
import { eachRepository } from "./repository_series.ts";

/** What is known of each repository: when which step succeeded, and what it is like. */
export function repositoryMetrics(source: MetricsSource): readonly Metric[] {
  const { status: { name, repositories, at }, firstRuns } = source;
  const each = eachRepository(source.status);
  const time = (moment: { readonly startedAt: string } | null) =>
    moment === null ? 0 : unixSeconds(moment.startedAt);
  const states = ["ok", "warning", "failed", "absent"];
  return [
    gauge(
      "repository_known_since_timestamp_seconds",
      "Start time of the first run to the repository; without one, the time when this was written.",
      each(({ label }) => (firstRuns.get(label) ?? new Date(at)).getTime() / 1_000),
    ),
    gauge(
      "last_success_timestamp_seconds",
      "Start time of the run with the last good backup; 0: none.",
      each(({ lastBackup }) => time(lastBackup)),
    ),
    gauge(
      "last_check_timestamp_seconds",
      "Start time of the run that began the last complete good check; 0: none.",
      each(({ lastCheck }) => time(lastCheck)),
    ),
    ...checkMetrics(source.status),
    gauge(
      "last_verify_timestamp_seconds",
      "Start time of the run that last read files back; 0: none.",
      each(({ lastVerify }) => time(lastVerify)),
    ),
    ...verifiedMetrics(source.status),
    ...keyMetrics(source.status),
    gauge(
      "repository_optional",
      "Whether the repository may be absent.",
      each(({ optional }) => optional ? 1 : 0),
    ),
    gauge(
      "repository_last_run_state",
      "State of the repository in its last run: 1 for its state, 0 for the others.",
      repositories.flatMap(({ label, lastRun }) =>
        lastRun === null ? [] : oneOf({ name, repository: label }, "state", states, lastRun.state)
      ),
    ),
  ];
}

/** Whether copies of the keys are kept; nothing of a repository that has none. */
function keyMetrics(status: StatusReport): readonly Metric[] {
  const each = (figure: (key: KeyStatus) => number) =>
    eachRepository(status)(({ key }) => key === null ? null : figure(key));
  const time = (at: string | null) => at === null ? 0 : unixSeconds(at);
  return [
    gauge(
      "key_exported",
      "Whether the key was exported since it last changed: 1 or 0.",
      each(({ state }) => state === "exported" ? 1 : 0),
    ),
    gauge(
      "key_export_timestamp_seconds",
      "When the key was last exported; 0: never.",
      each(({ exportedAt }) => time(exportedAt)),
    ),
    gauge(
      "key_check_timestamp_seconds",
      "When a copy of the key was last found to be right; 0: never.",
      each(({ checkedAt }) => time(checkedAt)),
    ),
  ];
}

/** What was read back in the last `verify.cycle`. */
function verifiedMetrics(status: StatusReport): readonly Metric[] {
  const each = eachRepository(status);
  return [
    gauge(
      "verified_ratio",
      "Part of the bytes that was read back and compared within verify.cycle, from 0 to 1.",
      each(({ verified }) => verified?.share),
    ),
    gauge(
      "verified_files",
      "Number of files that were read back and equal to their source within verify.cycle.",
      each(({ verified }) => verified?.files),
    ),
    gauge(
      "verified_bytes",
      "Size of the files that were read back and equal to their source within verify.cycle.",
      each(({ verified }) => verified?.bytes),
    ),
    gauge(
      "verify_differences",
      "How often a file that was read back differed from its source within verify.cycle.",
      each(({ verified }) => verified?.differences),
    ),
    gauge(
      "verify_cycle_seconds",
      "The time within which every file is to be read back.",
      each(({ verified }) => verified?.cycleSeconds),
    ),
  ];
}

/** What the last good backup of each repository holds. */
export function backupMetrics(status: StatusReport): readonly Metric[] {
  const each = (figure: keyof ArchiveReport & `${string}Bytes` | "files") =>
    eachRepository(status)(({ lastBackup }) => lastBackup?.archive?.[figure]);
  return [
    gauge(
      "repository_size_bytes",
      "Size of the repository after the last good backup, deduplicated and compressed.",
      each("repositoryBytes"),
    ),
    gauge("backup_files", "Number of files in the last good backup.", each("files")),
    gauge(
      "backup_original_bytes",
      "Size of the files of the last good backup.",
      each("originalBytes"),
    ),
    gauge(
      "backup_compressed_bytes",
      "Size of the files of the last good backup after compression.",
      each("compressedBytes"),
    ),
    gauge(
      "backup_new_bytes",
      "Size that the last good backup added to the repository.",
      each("newBytes"),
    ),
  ];
}
