/** What `check` did, as programs read it. Pure. @module */

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
  if (typeof fields !== "object" || fields === null) return null;
  const coverage = "coverage" in fields ? fields.coverage : undefined;
  return {
    allData: "allData" in fields && fields.allData === true,
    percent: numberIn(fields, "percent"),
    archivesRead: numberIn(fields, "archivesRead") ?? 0,
    archives: numberIn(coverage, "archives"),
    unchecked: numberIn(coverage, "unchecked"),
    damaged: numberIn(coverage, "damaged"),
  };
}

function numberIn(value: unknown, key: string): number | null {
  if (typeof value !== "object" || value === null) return null;
  const number: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof number === "number" ? number : null;
}
