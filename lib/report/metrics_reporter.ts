/**
 * Writes the metrics after each run.
 *
 * @module
 */
import type { History } from "../state/history.ts";
import { replaceFile } from "./atomic_file.ts";
import { metricsText } from "./metrics.ts";
import type { Reporter } from "./reporter.ts";
import { runReport } from "./run_report.ts";
import { collectStatus } from "./status.ts";

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
 * Makes the reporter that writes the metrics. It stands behind the one that writes the history.
 *
 * @param history an open history
 * @param options what is written, and where
 * @returns the reporter
 */
export function metricsReporter(history: History, options: MetricsOptions): Reporter {
  return {
    name: "writing of the metrics",
    handle: (event) => {
      if (event.type !== "run-finished") return;
      const { runId, finishedAt } = event.outcome;
      const [last] = history.runs(options.name, 1);
      // The old file stays: its times tell that something is wrong.
      if (last?.run.id !== runId) throw new Error("this run is not in the history");
      replaceFile(options.path, metricsOf(history, options, finishedAt), MODE);
    },
    close: () => {},
  };
}

/** Makes the text of the file from an open history. */
function metricsOf(history: History, options: MetricsOptions, now: Date): string {
  const { name, repositories, maxAge, version } = options;
  const lastRuns = repositories.flatMap(({ label }) => {
    const [last] = history.runs(name, 1, label);
    return last === undefined ? [] : [[label, runReport(last)] as const];
  });
  const nothing = { running: null, leftovers: null, problems: [] };
  return metricsText({
    status: collectStatus(history, { name, repositories, maxAge, now, ...nothing }),
    lastRuns: new Map(lastRuns),
    version,
  });
}
