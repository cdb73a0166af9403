/** What metrics are made from: plain data. @module */
import type { RunReport } from "../run_report.ts";
import type { StatusReport } from "../status/backup_status.ts";

/** Who writes metrics. */
export interface MetricsWriter {
  readonly version: string;
  /** What a command must say to use the same configuration; left out for the default one. */
  readonly configOption?: string;
}

/** What the metrics are made from. */
export interface MetricsSource extends MetricsWriter {
  readonly status: StatusReport;
  /** When the run began that has not ended; it may have died since. */
  readonly running: Date | undefined;
  /** The last run of each repository; not always the last run, because of `--repo`. */
  readonly lastRuns: ReadonlyMap<string, RunReport>;
  /** When the first run of each repository began. */
  readonly firstRuns: ReadonlyMap<string, Date>;
  /** Runs of the whole history that ended without a report. */
  readonly diedRuns: number;
  /** Those among them since the last run that did not. */
  readonly diedBefore: number;
}
