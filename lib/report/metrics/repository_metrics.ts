/** The metrics of repositories and of their last good backups. Pure. @module */
import type { RepositoryStatus, StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric, oneOf } from "./exposition.ts";
import type { MetricsSource } from "./metrics_source.ts";
import { unixSeconds } from "./label_values.ts";

/** What is known of each repository: when which step succeeded, and what it is like. */
export function repositoryMetrics(source: MetricsSource): readonly Metric[] {
  const { status: { name, repositories, at }, firstRuns, checkEvery } = source;
  const each = (value: (repository: RepositoryStatus) => number) =>
    repositories.map((one) => [{ name, repository: one.label }, value(one)] as const);
  const time = (moment: { readonly startedAt: string } | null) =>
    moment === null ? 0 : unixSeconds(moment.startedAt);
  const states = ["ok", "warning", "failed", "absent"];
  return [
    gauge(
      "repository_known_since_timestamp_seconds",
      "When the first run into the repository began; without one, when this was written.",
      each(({ label }) => (firstRuns.get(label) ?? new Date(at)).getTime() / 1_000),
    ),
    gauge(
      "last_success_timestamp_seconds",
      "When the run with the last good backup began; 0 when there is none.",
      each(({ lastBackup }) => time(lastBackup)),
    ),
    gauge(
      "last_check_timestamp_seconds",
      "When the run with the last good check began; 0 when there is none.",
      each(({ lastCheck }) => time(lastCheck)),
    ),
    gauge(
      "check_every_seconds",
      "How often the repository is checked; 0: in each run.",
      [...checkEvery].map(([repository, every]) => [{ name, repository }, every]),
    ),
    gauge(
      "last_verify_timestamp_seconds",
      "When the run that last read files back began; 0 when there is none.",
      each(({ lastVerify }) => time(lastVerify)),
    ),
    gauge(
      "repository_optional",
      "Whether the repository may be absent.",
      each(({ optional }) => optional ? 1 : 0),
    ),
    gauge(
      "repository_last_run_state",
      "What became of the repository in its last run: 1 for its state, 0 for the others.",
      repositories.flatMap(({ label, lastRun }) =>
        lastRun === null ? [] : oneOf({ name, repository: label }, "state", states, lastRun.state)
      ),
    ),
  ];
}

/** What the last good backup of each repository holds. */
export function backupMetrics({ name, repositories }: StatusReport): readonly Metric[] {
  const archives = repositories.flatMap(({ label, lastBackup }) => {
    const archive = lastBackup?.archive ?? null;
    return archive === null ? [] : [{ labels: { name, repository: label }, archive }];
  });
  type Figure = (archive: typeof archives[number]["archive"]) => number;
  const each = (figure: Figure) =>
    archives.map(({ labels, archive }) => [labels, figure(archive)] as const);
  return [
    gauge(
      "repository_size_bytes",
      "Size of the repository after the last good backup, deduplicated and compressed.",
      each(({ repositoryBytes }) => repositoryBytes),
    ),
    gauge("backup_files", "How many files the last good backup has.", each(({ files }) => files)),
    gauge(
      "backup_original_bytes",
      "Size of the files of the last good backup.",
      each(({ originalBytes }) => originalBytes),
    ),
    gauge(
      "backup_compressed_bytes",
      "Size of the files of the last good backup after compression.",
      each(({ compressedBytes }) => compressedBytes),
    ),
    gauge(
      "backup_new_bytes",
      "What the last good backup added to the repository.",
      each(({ newBytes }) => newBytes),
    ),
  ];
}
