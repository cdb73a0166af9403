/**
 * Reports that were never delivered and had to make room for newer ones. They are remembered until
 * a report that names them has been delivered.
 *
 * @module
 */
import { removeDurably, replaceDurably } from "../files/durable_file.ts";
import { readSmallFileSync } from "../files/small_file.ts";
import { isRecord, parseJson } from "../text/json.ts";

/** A report that was dropped before it was delivered. */
export interface DroppedReport {
  /** The new archive's name; it tells the runs apart. */
  readonly run: string;
  /** When it was written; empty when that is not known. */
  readonly date: string;
  readonly subject: string;
}

/** All dropped reports. */
export interface DroppedReports {
  /** The newest ones, oldest first. */
  readonly reports: readonly DroppedReport[];
  /** The number of older ones that are no longer listed. */
  readonly more: number;
}

/** No report was dropped. */
export const NONE_DROPPED: DroppedReports = { reports: [], more: 0 };

/** A server that is never there must not fill the disk. */
const MOST_LISTED = 200;

/**
 * Reads the list; it is empty when the file is missing or damaged.
 *
 * @throws {Error} when the file exists and can't be read
 */
export function readDropped(path: string): DroppedReports {
  let text: string;
  try {
    text = new TextDecoder().decode(readSmallFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NONE_DROPPED;
    throw error;
  }
  const value = parseJson(text);
  return isDropped(value) ? value : NONE_DROPPED;
}

/** Adds to the list; throws Deno's error when it can't be written. */
export function addDropped(path: string, added: readonly DroppedReport[]): void {
  const { reports, more } = readDropped(path);
  const known = new Set(reports.map(({ run }) => run));
  const all = [...reports, ...added.filter(({ run }) => !known.has(run))];
  const listed = all.slice(-MOST_LISTED);
  write(path, { reports: listed, more: more + all.length - listed.length });
}

/** Removes from the list what a delivered report has named; throws as {@linkcode addDropped}. */
export function forgetDropped(path: string, told: DroppedReports): void {
  const { reports, more } = readDropped(path);
  const runs = new Set(told.reports.map(({ run }) => run));
  write(path, {
    reports: reports.filter(({ run }) => !runs.has(run)),
    more: Math.max(0, more - told.more),
  });
}

function write(path: string, dropped: DroppedReports): void {
  if (dropped.reports.length === 0 && dropped.more === 0) removeDurably(path);
  else replaceDurably(path, `${JSON.stringify(dropped, undefined, 2)}\n`, 0o600);
}

function isDropped(value: unknown): value is DroppedReports {
  return isRecord(value) && Array.isArray(value.reports) && Number.isInteger(value.more) &&
    value.reports.every((report: unknown) =>
      isRecord(report) && typeof report.run === "string" && typeof report.date === "string" &&
      typeof report.subject === "string"
    );
}
