/** The metrics of pinned archives. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";

/** How many archives are kept whatever retention says. */
export function pinMetrics({ name, repositories }: StatusReport): readonly Metric[] {
  return [
    gauge(
      "pinned_archives",
      "Number of archives that are pinned, so that no prune removes them.",
      repositories.map(({ label: repository, pins }) =>
        [{ name, repository }, pins.length] as const
      ),
    ),
    gauge(
      "pins_missing",
      "Number of those whose pin is gone although this machine did not remove it.",
      repositories.map(({ label: repository, pins }) =>
        [{ name, repository }, pins.filter(({ missing }) => missing).length] as const
      ),
    ),
  ];
}
