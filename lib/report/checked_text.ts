/** What a check did, in words. Pure. @module */
import type { CheckStats } from "../backup/outcome.ts";
import { counted, humanPercent } from "../text/units.ts";
import { coverageText } from "./status/check_status.ts";

/**
 * Such as "the whole repository, 2 archives read; all 12 archives checked in the last 14 d". After a check
 * that failed, what earlier ones had found in order is not said: it would sound like an all-clear.
 */
export function describeCheck(
  { allData, percent, archivesRead, coverage }: CheckStats,
  state: "ok" | "warning" | "failed",
): readonly string[] {
  const repository = percent === undefined
    ? []
    : [percent === 100 ? "the whole repository" : `${humanPercent(percent)} of the repository`];
  const read = archivesRead === 0 ? [] : [`${counted(archivesRead, "archive", "archives")} read`];
  const done = [...(allData ? ["all data"] : repository), ...read].join(", ");
  const archives = coverage === undefined || coverage.archives === 0 || state === "failed"
    ? []
    : [coverageText(coverage)];
  return [...(done === "" ? [] : [done]), ...archives];
}
