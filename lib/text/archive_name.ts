/**
 * The names of archives. Prune acts on names alone, so they must tell ours from everybody else's.
 *
 * @module
 */

/** What identifies a run: eight hexadecimal digits. */
const RUN_ID = /^[0-9a-f]{8}$/;

/** What stands behind the series, and how long it is: of a part of fixed length it is found at once. */
const MOMENT = /^-(\d{4}-\d\d-(\d\d)T\d\d:\d\d:\d\dZ)-([0-9a-f]{8})$/;
const MOMENT_LENGTH = "-2026-11-22T04:00:00Z-01234567".length;

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
  const series = text.slice(0, -MOMENT_LENGTH);
  const match = MOMENT.exec(text.slice(-MOMENT_LENGTH));
  if (match === null || series === "") return undefined;
  const [, time = "", day, runId = ""] = match;
  const startedAt = new Date(time);
  // 2026-02-30 is no day: JavaScript refuses it or makes another day of it.
  if (startedAt.getUTCDate() !== Number(day)) return undefined;
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

/**
 * Whether a glob may match an archive of a series, now or one day. It goes through the glob and the
 * form of the names side by side; a set is taken for any character.
 */
export function mayMatchSeries(glob: string, series: string): boolean {
  const form = `${series}-0000-00-00T00:00:00Z-hhhhhhhh`;
  const parts = glob.match(/\*+|\[!?\]?[^\]]*\]|[^]/g) ?? [];
  let places = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const at of places) {
      if (part.startsWith("*")) { for (let to = at; to <= form.length; to++) next.add(to); }
      else if (at < form.length && mayBe(part, form.charAt(at), at < series.length)) {
        next.add(at + 1);
      }
    }
    places = next;
  }
  return places.has(form.length);
}

/** Whether a part of a glob may stand for a character; behind the series `0` and `h` are any digit. */
function mayBe(part: string, character: string, isSeries: boolean): boolean {
  if (part === "?" || part.length > 1) return true;
  if (isSeries || !/[0h]/.test(character)) return part === character;
  return character === "0" ? /[0-9]/.test(part) : /[0-9a-f]/.test(part);
}
