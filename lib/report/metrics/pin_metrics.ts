/** The metrics of pinned archives. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";
import { eachRepository } from "./repository_series.ts";

/** How many archives are kept whatever retention says. */
export function pinMetrics(status: StatusReport): readonly Metric[] {
  const each = eachRepository(status);
  return [
    gauge(
      "pinned_archives",
      "Number of archives that are pinned, so that no prune removes them.",
      each(({ pins }) => pins.length),
    ),
    gauge(
      "pins_missing",
      "Number of those whose pin is gone although this machine did not remove it.",
      each(({ pins }) => pins.filter(({ missing }) => missing).length),
    ),
  ];
}
