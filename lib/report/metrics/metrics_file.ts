/**
 * Writes the metrics after each run.
 *
 * @module
 */
import type { RunOutcome } from "../../backup/outcome.ts";
import { AppError } from "../../errors.ts";
import type { History } from "../../state/history.ts";
import { replaceNamedFile } from "../../files/durable_file.ts";
import { metricsText } from "./metrics.ts";
import { runReport } from "../run_report.ts";
import { collectStatus } from "../status/backup_status.ts";

/** What metrics are written, and where. */
export interface MetricsOptions {
  /** The file, which ends in `.prom`. */
  readonly path: string;
  readonly name: string;
  /** All configured repositories, whether or not they take part in this run. */
  readonly repositories: readonly { readonly label: string; readonly optional: boolean }[];
  /** Milliseconds. */
  readonly maxAge: number;
  readonly version: string;
}

/** Whoever runs node_exporter must be able to read the file. */
const MODE = 0o644;

/**
 * Writes the metrics, when the history knows the run.
 *
 * @throws {AppError} when the file can't be written; the old one stays, and its times tell it
 */
export function writeMetrics(
  history: History,
  options: MetricsOptions,
  outcome: Pick<RunOutcome, "runId" | "finishedAt">,
): void {
  const [last] = history.runs(options.name, 1);
  if (last?.run.id !== outcome.runId) throw new AppError("this run is not in the history");
  replaceNamedFile(options.path, metricsOf(history, options, outcome), MODE);
}

function metricsOf(
  history: History,
  options: MetricsOptions,
  { runId, finishedAt: now }: Pick<RunOutcome, "runId" | "finishedAt">,
): string {
  const { name, repositories, maxAge, version } = options;
  const lastRuns = repositories.flatMap(({ label }) => {
    const [last] = history.runs(name, 1, label);
    return last === undefined ? [] : [[label, runReport(last)] as const];
  });
  const nothing = { running: null, leftovers: null, problems: [] };
  return metricsText({
    status: collectStatus(history, { name, repositories, maxAge, now, ...nothing }),
    lastRuns: new Map(lastRuns),
    diedRuns: history.countDead(name, runId),
    version,
  });
}
