/** What share of the data was read back, in words. Pure. @module */
import type { Coverage } from "../state/verifications.ts";
import type { CoverageReport } from "./coverage.ts";
import { counted, humanLimit, humanPercent } from "../text/units.ts";

const DAY = 86_400_000;

/** Such as "61 % of all bytes read back in the last 90 days: 48,120 files, no differences". */
export function coverageText(
  { cycle, share, files, differences }: Omit<Coverage, "bytes">,
): string {
  const days = cycle / DAY;
  const time = Number.isInteger(days) ? counted(days, "day", "days") : humanLimit(cycle);
  const differing = differences === 0
    ? "no differences"
    : counted(differences, "difference", "differences");
  return `${humanPercent(100 * share)} of all bytes read back in the last ${time}: ` +
    `${counted(files, "file", "files")}, ${differing}`;
}

/** The same of a report. */
export function reportedCoverageText({ cycleSeconds, ...rest }: CoverageReport): string {
  return coverageText({ cycle: 1_000 * cycleSeconds, ...rest });
}
