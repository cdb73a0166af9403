/** What a check did, in words. Pure. @module */
import type { CheckStats } from "../backup/outcome.ts";
import { counted, humanPercent } from "../text/units.ts";
import { coverageText } from "./status/check_status.ts";

/** Such as "the whole repository, 2 archives read; all 12 archives checked in the last 14 d". */
export function describeCheck(
  { allData, percent, archivesRead, coverage }: CheckStats,
): readonly string[] {
  const repository = percent === undefined
    ? []
    : [percent === 100 ? "the whole repository" : `${humanPercent(percent)} of the repository`];
  const read = archivesRead === 0 ? [] : [`${counted(archivesRead, "archive", "archives")} read`];
  const done = [...(allData ? ["all data"] : repository), ...read].join(", ");
  const archives = coverage === undefined || coverage.archives === 0
    ? []
    : [coverageText(coverage)];
  return [...(done === "" ? [] : [done]), ...archives];
}
