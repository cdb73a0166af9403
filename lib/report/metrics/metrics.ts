/**
 * Metrics for Prometheus, as the textfile collector of node_exporter reads them. They are made from
 * the history, so that the last success survives failed runs. docs/reference/metrics.md explains
 * them.
 *
 * @module
 */
import type { RunReport, StepReport } from "../run_report.ts";
import type { RepositoryStatus, StatusReport } from "../status/backup_status.ts";

/** What the metrics are made from. */
interface MetricsSource {
  readonly status: StatusReport;
  /** The last run of each repository; not always the last run, because of `--repo`. */
  readonly lastRuns: ReadonlyMap<string, RunReport>;
  /** How many runs of the history ended without a report. */
  readonly diedRuns: number;
  /** The version of the program. */
  readonly version: string;
}

type Labels = Readonly<Record<string, string>>;

/** One metric with all its series. */
interface Metric {
  /** Without the `autoborg_` that all begin with. */
  readonly name: string;
  readonly help: string;
  readonly series: readonly (readonly [Labels, number])[];
}

/** Writes the metrics down. */
export function metricsText(source: MetricsSource): string {
  const { status, version } = source;
  const name = { name: status.name };
  const info: Metric = {
    name: "info",
    help: "The version of autoborg that wrote these metrics.",
    series: [[{ ...name, version }, 1]],
  };
  const maxAge: Metric = {
    name: "max_age_seconds",
    help: "The age from which on status calls a backup too old.",
    series: [[name, status.maxAgeSeconds]],
  };
  const metrics: readonly Metric[] = [
    info,
    maxAge,
    {
      name: "runs_without_report",
      help:
        "How many runs of the history ended without a report: killed, or the machine went down.",
      series: [[name, source.diedRuns]],
    },
    ...runMetrics(status),
    ...repositoryMetrics(status),
    ...backupMetrics(status),
    ...stepMetrics(source),
  ];
  return metrics.map(metricText).join("");
}

function runMetrics({ name, lastRun }: StatusReport): Metric[] {
  if (lastRun === null) return [];
  const labels = { name };
  const count = (severity: "warning" | "error") =>
    problemsOf(lastRun).filter((problem) => problem.severity === severity).length;
  return [
    {
      name: "last_run_timestamp_seconds",
      help: "When the last run ended, however it ended.",
      series: [[labels, seconds(lastRun.finishedAt)]],
    },
    {
      name: "last_run_duration_seconds",
      help: "How long the last run took.",
      series: [[labels, lastRun.durationSeconds]],
    },
    {
      name: "last_run_state",
      help: "What became of the last run: 1 for its state, 0 for the others.",
      series: oneOf(labels, "state", ["ok", "warning", "failed"], lastRun.state),
    },
    {
      name: "last_run_problems",
      help: "How many problems the last run had.",
      series: [
        [{ ...labels, severity: "warning" }, count("warning")],
        [{ ...labels, severity: "error" }, count("error")],
      ],
    },
  ];
}

function repositoryMetrics({ name, repositories }: StatusReport): Metric[] {
  const each = (value: (repository: RepositoryStatus) => number) =>
    repositories.map((one) => [{ name, repository: one.label }, value(one)] as const);
  const time = (moment: { readonly startedAt: string } | null) =>
    moment === null ? 0 : seconds(moment.startedAt);
  const states = ["ok", "warning", "failed", "absent"];
  return [
    {
      name: "last_success_timestamp_seconds",
      help: "When the run with the last good backup began; 0 when there is none.",
      series: each(({ lastBackup }) => time(lastBackup)),
    },
    {
      name: "last_check_timestamp_seconds",
      help: "When the run with the last good check began; 0 when there is none.",
      series: each(({ lastCheck }) => time(lastCheck)),
    },
    {
      name: "last_verify_timestamp_seconds",
      help: "When the run that last read files back began; 0 when there is none.",
      series: each(({ lastVerify }) => time(lastVerify)),
    },
    {
      name: "repository_optional",
      help: "Whether the repository may be absent.",
      series: each(({ optional }) => optional ? 1 : 0),
    },
    {
      name: "repository_last_run_state",
      help: "What became of the repository in its last run: 1 for its state, 0 for the others.",
      series: repositories.flatMap(({ label, lastRun }) =>
        lastRun === null ? [] : oneOf({ name, repository: label }, "state", states, lastRun.state)
      ),
    },
  ];
}

function backupMetrics({ name, repositories }: StatusReport): Metric[] {
  const archives = repositories.flatMap(({ label, lastBackup }) => {
    const archive = lastBackup?.archive ?? null;
    return archive === null ? [] : [{ labels: { name, repository: label }, archive }];
  });
  type Figure = (archive: typeof archives[number]["archive"]) => number;
  const each = (figure: Figure) =>
    archives.map(({ labels, archive }) => [labels, figure(archive)] as const);
  return [
    {
      name: "repository_size_bytes",
      help: "Size of the repository after the last good backup, deduplicated and compressed.",
      series: each(({ repositoryBytes }) => repositoryBytes),
    },
    {
      name: "backup_files",
      help: "How many files the last good backup has.",
      series: each(({ files }) => files),
    },
    {
      name: "backup_original_bytes",
      help: "Size of the files of the last good backup.",
      series: each(({ originalBytes }) => originalBytes),
    },
    {
      name: "backup_compressed_bytes",
      help: "Size of the files of the last good backup after compression.",
      series: each(({ compressedBytes }) => compressedBytes),
    },
    {
      name: "backup_new_bytes",
      help: "What the last good backup added to the repository.",
      series: each(({ newBytes }) => newBytes),
    },
  ];
}

function stepMetrics({ status, lastRuns }: MetricsSource): Metric[] {
  const steps = status.repositories.flatMap(({ label }) => {
    const part = lastRuns.get(label)?.repositories.find((one) => one.label === label);
    return (part?.steps ?? []).map((step): readonly [Labels, StepReport] => {
      return [{ name: status.name, repository: label, step: step.step }, step];
    });
  });
  const states = ["ok", "warning", "failed", "skipped"];
  return [
    {
      name: "step_duration_seconds",
      help: "How long the step took in the last run.",
      series: steps.flatMap(([labels, { durationSeconds }]) =>
        durationSeconds === null ? [] : [[labels, durationSeconds] as const]
      ),
    },
    {
      name: "step_state",
      help: "What became of the step in the last run: 1 for its state, 0 for the others.",
      series: steps.flatMap(([labels, { state }]) => oneOf(labels, "state", states, state)),
    },
  ];
}

function problemsOf(run: RunReport) {
  const steps = run.repositories.flatMap((repository) => repository.steps);
  return [...run.problems, ...steps.flatMap(({ problems }) => problems)];
}

/** A state as Prometheus has it: a series for each value, one of them 1. */
function oneOf(
  labels: Labels,
  label: string,
  values: readonly string[],
  value: string,
): (readonly [Labels, number])[] {
  return values.map((one) => [{ ...labels, [label]: one }, one === value ? 1 : 0]);
}

function metricText({ name, help, series }: Metric): string {
  if (series.length === 0) return "";
  const full = `autoborg_${name}`;
  const lines = series.map(([labels, value]) => `${full}{${labelText(labels)}} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  return Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`).join(",");
}

/**
 * Escapes the value of a label.
 *
 * @returns what may stand between quotes
 */
export function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");
}

function seconds(time: string): number {
  return Date.parse(time) / 1_000;
}
