/**
 * Metrics for the textfile collector of Prometheus, as docs/reference/metrics.md explains them. They
 * are made from the history, so that the last success survives failed runs. Pure.
 *
 * @module
 */
import type { ReportedProblem, RunReport, StepReport } from "../run_report.ts";
import type { StatusReport } from "../status/backup_status.ts";
import { alarmMetrics } from "./alarm_metrics.ts";
import { exposition, gauge, type Labels, type Metric, oneOf, single } from "./exposition.ts";
import { backupMetrics, repositoryMetrics } from "./repository_metrics.ts";
import { uncoveredMetrics } from "./uncovered_metrics.ts";
import { databaseMetrics } from "./database_metrics.ts";
import { pinMetrics } from "./pin_metrics.ts";
import { spaceMetrics } from "./space_metrics.ts";
import { sourceMetrics } from "./source_metrics.ts";
import type { MetricsSource, MetricsWriter } from "./metrics_source.ts";
import { shortText, unixSeconds } from "./label_values.ts";

/** Why a run did not begin. */
const REFUSALS = ["lock-held", "configuration-invalid", "cannot-begin"] as const;

/** One reason for which a run did not begin. */
export type RefusalKind = typeof REFUSALS[number];

/** Writes the metrics down. */
export function metricsText(source: MetricsSource): string {
  const { status, running, diedRuns, diedBefore } = source;
  const name = { name: status.name };
  return exposition([
    ...writtenMetrics(status.name, source, new Date(status.at)),
    refusalMetric(status.name, undefined),
    gauge(
      "max_age_seconds",
      "Age above which status reports a backup as too old.",
      single(name, status.maxAgeSeconds),
    ),
    runStartedMetric(status.name, running),
    ...diedMetrics(status.name, diedRuns, diedBefore),
    ...runMetrics(status),
    ...repositoryMetrics(source),
    ...backupMetrics(status),
    ...alarmMetrics(status),
    ...sourceMetrics(status),
    ...spaceMetrics(status),
    ...pinMetrics(status),
    ...databaseMetrics(status),
    ...uncoveredMetrics(status),
    ...stepMetrics(source),
    failureMetric(source),
  ]);
}

/** Who wrote the metrics, and when. */
export function writtenMetrics(
  name: string,
  { version, configOption }: MetricsWriter,
  at: Date,
): readonly Metric[] {
  const option = configOption === undefined ? {} : { config_option: configOption };
  return [
    gauge(
      "info",
      "Version of autoborg that wrote these metrics.",
      single({ name, version, ...option }, 1),
    ),
    gauge(
      "metrics_timestamp_seconds",
      "Time when these metrics were written.",
      single({ name }, at.getTime() / 1_000),
    ),
  ];
}

/** Why no run has begun since the last one that did, if so. */
export function refusalMetric(name: string, kind: RefusalKind | undefined): Metric {
  return gauge(
    "start_refused",
    "Whether a run was refused since the last one started, by reason.",
    oneOf({ name }, "reason", REFUSALS, kind),
  );
}

/** When the run began that has not ended. */
export function runStartedMetric(name: string, running: Date | undefined): Metric {
  return gauge(
    "run_started_timestamp_seconds",
    "Start time of a run that is in progress or crashed; 0: none.",
    single({ name }, running === undefined ? 0 : running.getTime() / 1_000),
  );
}

/** The runs that crashed. */
export function diedMetrics(name: string, all: number, before: number): readonly Metric[] {
  return [
    gauge(
      "runs_without_report",
      "Number of runs in the history that ended without a report: killed, or the machine went " +
        "down.",
      single({ name }, all),
    ),
    gauge(
      "runs_died_before_last",
      "Number of consecutive runs that ended without a report just before the last run.",
      single({ name }, before),
    ),
  ];
}

function runMetrics({ name, lastRun }: StatusReport): readonly Metric[] {
  if (lastRun === null) return [];
  const labels = { name };
  const count = (severity: "warning" | "error") =>
    problemsOf(lastRun).filter((problem) => problem.severity === severity).length;
  return [
    gauge(
      "last_run_timestamp_seconds",
      "End time of the last run, whatever its outcome.",
      single(labels, unixSeconds(lastRun.finishedAt)),
    ),
    gauge(
      "last_run_duration_seconds",
      "Duration of the last run.",
      single(labels, lastRun.durationSeconds),
    ),
    gauge(
      "services_stopped_seconds",
      "How long services were stopped for the snapshot of the last run.",
      lastRun.pause === null ? [] : single(labels, lastRun.pause.durationSeconds),
    ),
    gauge(
      "last_run_state",
      "State of the last run: 1 for its state, 0 for the others.",
      oneOf(labels, "state", ["ok", "warning", "failed"], lastRun.state),
    ),
    gauge("last_run_problems", "Number of problems in the last run.", [
      [{ ...labels, severity: "warning" }, count("warning")],
      [{ ...labels, severity: "error" }, count("error")],
    ]),
  ];
}

function stepMetrics(source: MetricsSource): readonly Metric[] {
  const steps = stepsOf(source);
  const states = ["ok", "warning", "failed", "skipped"];
  return [
    gauge(
      "step_duration_seconds",
      "Duration of the step in the last run.",
      steps.flatMap(([labels, { durationSeconds }]) =>
        durationSeconds === null ? [] : [[labels, durationSeconds] as const]
      ),
    ),
    gauge(
      "step_attempts",
      "Number of attempts at the step in the last run; 0: it was skipped.",
      steps.map(([labels, { attempts }]) => [labels, attempts] as const),
    ),
    gauge(
      "step_state",
      "State of the step in the last run: 1 for its state, 0 for the others.",
      steps.flatMap(([labels, { state }]) => oneOf(labels, "state", states, state)),
    ),
  ];
}

/** One series for each step that failed, and one for the run itself: never more. */
function failureMetric(source: MetricsSource): Metric {
  const { name, lastRun } = source.status;
  const of = (labels: Labels, problems: readonly ReportedProblem[]) =>
    problems.filter(({ severity }) => severity === "error").slice(0, 1)
      .map(({ message }) => [{ ...labels, message: shortText(message) }, 1] as const);
  return gauge("failure_info", "The first error of the last run and of each step that failed.", [
    ...of({ name }, lastRun?.problems ?? []),
    ...stepsOf(source).flatMap(([labels, { problems }]) => of(labels, problems)),
  ]);
}

function stepsOf({ status, lastRuns }: MetricsSource): readonly (readonly [Labels, StepReport])[] {
  return status.repositories.flatMap(({ label }) => {
    const part = lastRuns.get(label)?.repositories.find((one) => one.label === label);
    return (part?.steps ?? []).map((step) =>
      [{ name: status.name, repository: label, step: step.step }, step] as const
    );
  });
}

function problemsOf(run: RunReport): readonly ReportedProblem[] {
  const steps = run.repositories.flatMap((repository) => repository.steps);
  return [...run.problems, ...steps.flatMap(({ problems }) => problems)];
}
