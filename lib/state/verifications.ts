/**
 * What runs have read back from the archives of each repository: how far the plan is, and what share
 * of the data it has reached.
 *
 * @module
 */
import { numberOf, parseList, textOf } from "../text/json.ts";

/** What one run read back. Sizes are in bytes. */
export interface VerificationRow {
  /** Where the next run goes on in the plan. */
  readonly next: number;
  /** What was due and was not done, in the same unit. */
  readonly owed: number;
  /** What was read beyond `verify.max_bytes`. */
  readonly debt: number;
  /** The part of the whole plan that this run did, from 0 to 1. */
  readonly lap: number;
  /** Files of the plan that were read back and are equal to their source. */
  readonly files: number;
  readonly bytes: number;
  /** Files of the plan that could not be compared: too large, or changed meanwhile. */
  readonly missedFiles: number;
  readonly missedBytes: number;
  /** Files, of the plan or not, that differed. */
  readonly differences: number;
  /** Paths that are read back again in the next run, as JSON. */
  readonly again: string;
}

/** The same of a run of the past. */
export interface PastVerification extends VerificationRow {
  /** When the run began, in milliseconds since 1970. */
  readonly at: number;
}

/** What was read back in the last cycle. */
export interface Coverage {
  /** The cycle, in milliseconds. */
  readonly cycle: number;
  /** The part of all bytes, from 0 to 1. */
  readonly share: number;
  /** Different files that were equal to their source, and their size in bytes. */
  readonly files: number;
  readonly bytes: number;
  /** How often a file differed. */
  readonly differences: number;
}

/** What coverage is measured against. */
interface CoverageFrame {
  /** `verify.cycle`, in milliseconds. */
  readonly cycle: number;
  readonly now: Date;
  /** Bytes of all files in the newest archive. */
  readonly total: number;
}

/** A whole lap is a sum of many fractions. */
const WHOLE = 1 - 1e-6;
/** As long as the plan has not got round, nobody knows that everything was read. */
const ALMOST = 0.99;

/**
 * Sums up what was read back in the last cycle; within one lap no file counts twice.
 *
 * @param past the newest first
 * @returns `undefined` without a cycle
 */
export function coverageOf(
  past: readonly PastVerification[],
  { cycle, now, total }: CoverageFrame,
): Coverage | undefined {
  if (cycle === 0) return undefined;
  let [lap, files, bytes, missed, differences] = [0, 0, 0, 0, 0];
  for (const one of past.filter(({ at }) => at >= now.getTime() - cycle)) {
    differences += one.differences;
    if (lap >= WHOLE) continue;
    lap += one.lap;
    files += one.files;
    bytes += one.bytes;
    missed += one.missedBytes;
  }
  const isWhole = lap >= WHOLE;
  const all = isWhole ? bytes + missed : Math.max(total, bytes + missed);
  const share = all === 0 ? Number(isWhole) : bytes / all;
  return { cycle, share: isWhole ? share : Math.min(share, ALMOST), files, bytes, differences };
}

/** The columns of the table, in the order of its definition. */
const COLUMNS = [
  ...["next", "owed", "debt", "lap", "files", "bytes", "missed_files", "missed_bytes"],
  ...["differences", "again"],
];

/** Inserts what a run read back. */
export const INSERT_VERIFICATION =
  `INSERT OR REPLACE INTO verifications (run, name, label, at, ${COLUMNS.join(", ")}) ` +
  `VALUES (?, ?, ?, ?, ${COLUMNS.map(() => "?").join(", ")})`;

/** The values of these columns. */
export function verificationValues(row: VerificationRow): readonly (number | string)[] {
  const { next, owed, debt, lap, files, bytes, missedFiles, missedBytes, differences, again } = row;
  return [next, owed, debt, lap, files, bytes, missedFiles, missedBytes, differences, again];
}

/** Reads the columns; what JavaScript can't hold counts as nothing. */
export function verificationOf(columns: Readonly<Record<string, unknown>>): PastVerification {
  const number = (name: string) => numberOf(columns[name]) ?? 0;
  return {
    at: number("at"),
    next: number("next"),
    owed: number("owed"),
    debt: number("debt"),
    lap: number("lap"),
    files: number("files"),
    bytes: number("bytes"),
    missedFiles: number("missed_files"),
    missedBytes: number("missed_bytes"),
    differences: number("differences"),
    again: textOf(columns.again) ?? "[]",
  };
}

/** Reads the paths that are read back again; none when they are damaged. */
export function pathsAgain({ again }: Pick<VerificationRow, "again">): readonly string[] {
  return parseList(again).filter((path) => typeof path === "string");
}

/** The table; `name` is the series, `at` the start of the run. */
export const VERIFICATIONS_SCHEMA = `
  CREATE TABLE verifications (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    at INTEGER NOT NULL,
    next INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    debt INTEGER NOT NULL,
    lap REAL NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    missed_files INTEGER NOT NULL,
    missed_bytes INTEGER NOT NULL,
    differences INTEGER NOT NULL,
    again TEXT NOT NULL,
    PRIMARY KEY (run, label)
  ) STRICT;
  CREATE INDEX verifications_by_label ON verifications (name, label);`;
