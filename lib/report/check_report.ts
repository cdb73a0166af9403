/** What `check` did, as programs read it. Pure. @module */
import { isRecord, numberOf } from "../text/json.ts";

/** What `check` did, and how much of the archives was read in time. */
export interface CheckReport {
  readonly allData: boolean;
  /** How much of the repository is done, in parts; 100: all of it; `null`: it was not its turn. */
  readonly percent: number | null;
  readonly archivesRead: number;
  /** How many archives there are, and how many were neither made nor read within the interval. */
  readonly archives: number | null;
  readonly unchecked: number | null;
  /** In how many of them damage was found. */
  readonly damaged: number | null;
}

/** Reads it as the history has it; `null` when there is none, or it is damaged. */
export function checkReport(fields: unknown): CheckReport | null {
  if (!isRecord(fields)) return null;
  const coverage = isRecord(fields.coverage) ? fields.coverage : {};
  return {
    allData: fields.allData === true,
    percent: numberOf(fields.percent),
    archivesRead: numberOf(fields.archivesRead) ?? 0,
    archives: numberOf(coverage.archives),
    unchecked: numberOf(coverage.unchecked),
    damaged: numberOf(coverage.damaged),
  };
}
