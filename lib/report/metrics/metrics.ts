/**
 * Metrics for the textfile collector of Prometheus, as docs/reference/metrics.md explains them. They
 * are made from the history, so that the last success survives failed runs.
 *
 * @module
 */
import type { RunReport, StepReport } from "../run_report.ts";
import type { RepositoryStatus, StatusReport } from "../status/backup_status.ts";

interface MetricsSource {
  readonly status: StatusReport;
  /** The last run of each repository; not always the last run, because of `--repo`. */
  readonly lastRuns: ReadonlyMap<string, RunReport>;
  readonly diedRuns: number;
  readonly version: string;
}

type Labels = Readonly<Record<string, string>>;

/** The values of a metric, each with its labels. */
type Series = readonly (readonly [Labels, number])[];

/** Writes the metrics down. */
export function metricsText(source: MetricsSource): string {
  const { status, version } = source;
  const name = { name: status.name };
  return [
    gauge(
      "info",
      "The version of autoborg that wrote these metrics.",
      single({ ...name, version }, 1),
    ),
    gauge(
      "max_age_seconds",
      "The age from which on status calls a backup too old.",
      single(name, status.maxAgeSeconds),
    ),
    gauge(
      "runs_without_report",
      "How many runs of the history ended without a report: killed, or the machine went down.",
      single(name, source.diedRuns),
    ),
    ...runMetrics(status),
    ...repositoryMetrics(status),
    ...backupMetrics(status),
    ...stepMetrics(source),
  ].join("");
}

function runMetrics({ name, lastRun }: StatusReport): string[] {
  if (lastRun === null) return [];
  const labels = { name };
  const count = (severity: "warning" | "error") =>
    problemsOf(lastRun).filter((problem) => problem.severity === severity).length;
  return [
    gauge(
      "last_run_timestamp_seconds",
      "When the last run ended, however it ended.",
      single(labels, seconds(lastRun.finishedAt)),
    ),
    gauge(
      "last_run_duration_seconds",
      "How long the last run took.",
      single(labels, lastRun.durationSeconds),
    ),
    gauge(
      "last_run_state",
      "What became of the last run: 1 for its state, 0 for the others.",
      oneOf(labels, "state", ["ok", "warning", "failed"], lastRun.state),
    ),
    gauge("last_run_problems", "How many problems the last run had.", [
      [{ ...labels, severity: "warning" }, count("warning")],
      [{ ...labels, severity: "error" }, count("error")],
    ]),
  ];
}

function repositoryMetrics({ name, repositories }: StatusReport): string[] {
  const each = (value: (repository: RepositoryStatus) => number) =>
    repositories.map((one) => [{ name, repository: one.label }, value(one)] as const);
  const time = (moment: { readonly startedAt: string } | null) =>
    moment === null ? 0 : seconds(moment.startedAt);
  const states = ["ok", "warning", "failed", "absent"];
  return [
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

function backupMetrics({ name, repositories }: StatusReport): string[] {
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

function stepMetrics({ status, lastRuns }: MetricsSource): string[] {
  const steps = status.repositories.flatMap(({ label }) => {
    const part = lastRuns.get(label)?.repositories.find((one) => one.label === label);
    return (part?.steps ?? []).map((step): readonly [Labels, StepReport] => {
      return [{ name: status.name, repository: label, step: step.step }, step];
    });
  });
  const states = ["ok", "warning", "failed", "skipped"];
  return [
    gauge(
      "step_duration_seconds",
      "How long the step took in the last run.",
      steps.flatMap(([labels, { durationSeconds }]) =>
        durationSeconds === null ? [] : [[labels, durationSeconds] as const]
      ),
    ),
    gauge(
      "step_state",
      "What became of the step in the last run: 1 for its state, 0 for the others.",
      steps.flatMap(([labels, { state }]) => oneOf(labels, "state", states, state)),
    ),
  ];
}

function problemsOf(run: RunReport) {
  const steps = run.repositories.flatMap((repository) => repository.steps);
  return [...run.problems, ...steps.flatMap(({ problems }) => problems)];
}

function single(labels: Labels, value: number): Series {
  return [[labels, value]];
}

/** A state as Prometheus has it: a series for each value, one of them 1. */
function oneOf(
  labels: Labels,
  label: string,
  values: readonly string[],
  value: string,
): Series {
  return values.map((one) => [{ ...labels, [label]: one }, one === value ? 1 : 0]);
}

/** One metric as text, its name with `autoborg_` before it; nothing when it has no series. */
function gauge(name: string, help: string, series: Series): string {
  if (series.length === 0) return "";
  const full = `autoborg_${name}`;
  const lines = series.map(([labels, value]) => `${full}{${labelText(labels)}} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  return Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`).join(",");
}

/** Escapes the value of a label, which stands between quotes. */
export function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");
}

function seconds(time: string): number {
  return Date.parse(time) / 1_000;
}
