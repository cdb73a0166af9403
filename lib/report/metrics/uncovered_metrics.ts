/** The metrics of what no run backs up. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";

const KINDS = ["file-system", "dataset", "home", "database", "volumes"];

/** What of the machine is in no source; nothing when no run has looked for it. */
export function uncoveredMetrics({ name, uncovered }: StatusReport): readonly Metric[] {
  const help = "Number of places of the machine that are in no source, or copied while programs " +
    "write to them, by kind.";
  const series = uncovered === null
    ? []
    : KINDS.map((kind) =>
      [{ name, kind }, uncovered.filter((one) => one.kind === kind).length] as const
    );
  return [gauge("uncovered_places", help, series)];
}
