/**
 * The names of archives. Prune acts on names alone, so they must tell ours from everybody else's.
 *
 * @module
 */

/** How a run is told apart from any other: eight hexadecimal digits. */
const RUN_ID = /^[0-9a-f]{8}$/;

/** The parts of an archive's name. */
export interface ArchiveName {
  /** The name of the series, from the configuration. */
  readonly series: string;
  /** When the run started. */
  readonly startedAt: Date;
  readonly runId: string;
}

/**
 * Writes an archive's name: `NAME-2026-11-22T04:00:00Z-RUNID`. UTC, because local time repeats
 * itself at the end of summer time.
 *
 * @throws {RangeError} when the run id has not its form
 */
export function formatArchiveName(name: ArchiveName): string {
  if (!RUN_ID.test(name.runId)) throw new RangeError(`Not a run id: "${name.runId}"`);
  return `${name.series}-${timeStamp(name.startedAt)}-${name.runId}`;
}

/** Reads an archive's name. Returns its parts, or `undefined` when it is not one of ours. */
export function parseArchiveName(text: string): ArchiveName | undefined {
  const match = /^(.+)-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)-([0-9a-f]{8})$/s.exec(text);
  if (match === null) return undefined;
  const [, series = "", time = "", runId = ""] = match;
  const startedAt = new Date(time);
  // 2026-02-30 is no day: JavaScript refuses it or makes another day of it.
  if (Number.isNaN(startedAt.getTime()) || timeStamp(startedAt) !== time) return undefined;
  return { series, startedAt, runId };
}

/**
 * A glob that matches the archives of one series and nothing else. `NAME-*` would not do: the
 * series `web` must not prune the series `web-database`.
 *
 * @param series the name of the series; has no character that is special in a glob
 */
export function seriesGlob(series: string): string {
  const digits = (count: number) => "[0-9]".repeat(count);
  const date = `${digits(4)}-${digits(2)}-${digits(2)}`;
  const time = `${digits(2)}:${digits(2)}:${digits(2)}`;
  return `${series}-${date}T${time}Z-${"[0-9a-f]".repeat(8)}`;
}

/** Makes a run id, eight hexadecimal digits, from at least four random bytes. */
export function formatRunId(bytes: Uint8Array): string {
  return [...bytes.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function timeStamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
