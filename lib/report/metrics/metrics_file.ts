/**
 * Writes the metrics: when a run begins, when it ends, and when something else has changed what they
 * tell.
 *
 * @module
 */
import { AppError } from "../../errors.ts";
import { replaceNamedFile } from "../../files/durable_file.ts";
import { textOrNothing } from "../../files/quick_looks.ts";
import type { Problem } from "../../problem.ts";
import type { History, RecordedRun } from "../../state/history.ts";
import { runReport } from "../run_report.ts";
import type { QuestionedRepository } from "../status/check_status.ts";
import { collectStatus, type RunningRun, type StatusQuestion } from "../status/backup_status.ts";
import { ownerOf, withMetrics } from "./exposition.ts";
import type { MetricsWriter } from "./metrics_source.ts";
import {
  diedMetrics,
  metricsText,
  type RefusalKind,
  refusalMetric,
  runStartedMetric,
  writtenMetrics,
} from "./metrics.ts";

/** What metrics are written, and where. */
export interface MetricsOptions extends MetricsWriter {
  /** The file, which ends in `.prom`. */
  readonly path: string;
  readonly name: string;
  /** All configured repositories, whether or not they take part in this run. */
  readonly repositories: readonly QuestionedRepository[];
  readonly databases?: StatusQuestion["databases"];
  /** Milliseconds. */
  readonly maxAge: number;
}

/** When metrics are written. */
interface MetricsMoment {
  readonly now: Date;
  /** The run that writes them. */
  readonly own?: string;
  /** A run that is no last run yet. */
  readonly running?: RunningRun | null;
  /** When the run began that will have died if nobody writes again. */
  readonly began?: Date;
}

/** The user who runs node_exporter must be able to read the file. */
const MODE = 0o644;

/** Among how many runs a run is looked for, and those that died are counted. */
const RECENT = 20;

/**
 * Writes the metrics.
 *
 * @returns what is wrong with the file that was there
 * @throws {AppError} when the history does not know the run, or the file can't be written; the old
 *   one stays then, and its times tell it
 */
export function writeMetrics(
  history: History,
  options: MetricsOptions,
  moment: MetricsMoment,
): readonly Problem[] {
  const { path, name } = options;
  const { own } = moment;
  if (own !== undefined && history.runs(name, RECENT).every(({ run }) => run.id !== own)) {
    throw new AppError("this run is not in the history");
  }
  const text = metricsOf(history, options, moment);
  const owner = ownerOf(textOrNothing(path));
  replaceNamedFile(path, text, MODE);
  return owner === undefined || owner === name ? [] : [othersFile(path, owner)];
}

/** Writes into the metrics that a run was refused; everything else in them stays. */
export function writeRefusal(
  path: string,
  name: string | undefined,
  { kind, now, ...writer }: MetricsWriter & { readonly kind: RefusalKind; readonly now: Date },
): void {
  const old = textOrNothing(path);
  const owner = ownerOf(old);
  const own = name ?? owner ?? "autoborg";
  const metrics = [...writtenMetrics(own, writer, now), refusalMetric(own, kind)];
  replaceNamedFile(path, withMetrics(owner === own ? old : "", metrics), MODE);
}

/** Writes into the metrics that no run is in progress, and which have died; the rest stays. */
export function writeDeaths(
  history: History | undefined,
  path: string,
  { name, now, ...writer }: MetricsWriter & { readonly name: string; readonly now: Date },
): void {
  const old = textOrNothing(path);
  const metrics = [
    ...writtenMetrics(name, writer, now),
    runStartedMetric(name, undefined),
    ...diedMetrics(name, history?.countDead(name, "") ?? 0, diedBefore(history, name, "")),
  ];
  replaceNamedFile(path, withMetrics(ownerOf(old) === name ? old : "", metrics), MODE);
}

function metricsOf(history: History, options: MetricsOptions, moment: MetricsMoment): string {
  const { name, repositories, databases = [], maxAge, version, configOption } = options;
  const { now, own = "", running = null, began } = moment;
  const lastRuns = repositories.flatMap(({ label }) => {
    const [last] = history.runs(name, 1, label);
    return last === undefined ? [] : [[label, runReport(last)] as const];
  });
  const firstRuns = repositories.flatMap(({ label }) => {
    const first = history.firstRun(name, label);
    return first === undefined ? [] : [[label, first] as const];
  });
  const nothing = { leftovers: null, problems: [] };
  return metricsText({
    status: collectStatus(history, {
      ...{ name, repositories, databases, maxAge, now, running },
      ...nothing,
    }),
    version,
    ...(configOption === undefined ? {} : { configOption }),
    running: began,
    lastRuns: new Map(lastRuns),
    firstRuns: new Map(firstRuns),
    diedRuns: history.countDead(name, own),
    diedBefore: diedBefore(history, name, own),
  });
}

/** How many runs died since the last one that did not; the run that asks does not count. */
function diedBefore(history: History | undefined, name: string, own: string): number {
  const runs = history?.runs(name, RECENT).filter(({ run }) => run.refused !== true) ?? [];
  const before = runs[0]?.run.id === own || !hasDied(runs[0]) ? runs.slice(1) : runs;
  const alive = before.findIndex((one) => !hasDied(one));
  return alive < 0 ? before.length : alive;
}

function hasDied(recorded: RecordedRun | undefined): boolean {
  return recorded !== undefined && runReport(recorded).died;
}

function othersFile(path: string, owner: string): Problem {
  return {
    severity: "warning",
    message: `The metrics in "${path}" were those of another configuration, "${owner}"`,
    hint: "They are replaced. Each configuration needs its own file: set metrics.textfile to " +
      "another path in one of them",
  };
}
