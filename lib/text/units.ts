/**
 * Durations and sizes: how they are written in the configuration, and how people read them in
 * reports. Durations are milliseconds, sizes are bytes; both are whole numbers of at least 0.
 *
 * @module
 */

/** Largest first, so that both the reader and the writer can go from left to right. */
const DURATION_UNITS = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

const SIZE_UNITS = [
  ["PiB", 1024 ** 5],
  ["PB", 1000 ** 5],
  ["TiB", 1024 ** 4],
  ["TB", 1000 ** 4],
  ["GiB", 1024 ** 3],
  ["GB", 1000 ** 3],
  ["MiB", 1024 ** 2],
  ["MB", 1000 ** 2],
  ["KiB", 1024],
  ["KB", 1000],
  ["B", 1],
] as const;

/** What a duration looks like: one or more numbers with a unit, the largest unit first. */
export const DURATION_PATTERN =
  /^(?=\d)(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;

/** What a size looks like: a number with a unit. */
export const SIZE_PATTERN = /^\d+(?:[KMGTP]i?)?B$/;

/** How to write a duration; the end of a sentence that begins with "expected". */
export const DURATION_WANTED = 'a duration such as "90s", "10m", "26h", "1d" or "2w"';

/** How to write a size; the end of a sentence that begins with "expected". */
export const SIZE_WANTED = 'a size such as "100B", "500KB" or "2MiB"';

/**
 * Reads a duration such as "10m", "26h" or "1h30m" as milliseconds.
 *
 * @throws {RangeError} when it is none
 */
export function parseDuration(text: string): number {
  if (!DURATION_PATTERN.test(text)) {
    throw new RangeError(`Cannot read "${text}": expected ${DURATION_WANTED}`);
  }
  const scales = new Map<string, number>(DURATION_UNITS);
  return countable(text, [...text.matchAll(/(\d+)(\D+)/g)], scales);
}

/** Writes milliseconds with the largest unit that leaves no rest: "26h", not "1d2h". */
export function formatDuration(duration: number): string {
  demandWhole(duration, "milliseconds");
  if (duration === 0) return "0s";
  const [unit, scale] = DURATION_UNITS.find(([, scale]) => duration % scale === 0) ?? ["ms", 1];
  return `${duration / scale}${unit}`;
}

/**
 * Reads a size such as "500KB" (500,000) or "2MiB" (2,097,152).
 *
 * @throws {RangeError} when it is none
 */
export function parseSize(text: string): number {
  if (!SIZE_PATTERN.test(text)) {
    throw new RangeError(`Cannot read "${text}": expected ${SIZE_WANTED}`);
  }
  return countable(text, [...text.matchAll(/(\d+)(\D+)/g)], new Map<string, number>(SIZE_UNITS));
}

/** Writes bytes with the largest unit that leaves no rest. */
export function formatSize(size: number): string {
  demandWhole(size, "bytes");
  if (size === 0) return "0B";
  const [unit, scale] = SIZE_UNITS.find(([, scale]) => size % scale === 0) ?? ["B", 1];
  return `${size / scale}${unit}`;
}

/** Writes milliseconds for people: "0.8s", "42s", "4m10s", "2h03m" or "3d04h". */
export function humanDuration(duration: number): string {
  const tenths = Math.round(Math.max(0, duration) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(tenths / 10);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d${twoDigits(hours % 24)}h`;
}

/**
 * Writes a size for people, with powers of 1024 as Borg's repositories and disks are counted.
 *
 * @param size bytes
 * @returns "0 B", "812 B", "1.2 GiB"; a negative size (a repository that shrank) keeps its sign
 */
export function humanSize(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const sign = size < 0 ? "-" : "";
  let rest = Math.abs(size);
  let index = 0;
  // 1023.95 would be printed as "1024.0", which belongs to the next unit.
  while (index < units.length - 1 && rest >= (index === 0 ? 1024 : 1023.95)) {
    rest /= 1024;
    index++;
  }
  return `${sign}${index === 0 ? Math.round(rest) : rest.toFixed(1)} ${units[index]}`;
}

function countable(
  text: string,
  parts: readonly RegExpMatchArray[],
  scales: ReadonlyMap<string, number>,
): number {
  let sum = 0;
  for (const [, count = "", unit = ""] of parts) sum += Number(count) * (scales.get(unit) ?? NaN);
  if (!Number.isSafeInteger(sum)) throw new RangeError(`Cannot read "${text}": it is too large`);
  return sum;
}

function demandWhole(value: number, of: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`Cannot write ${value} ${of}: expected a whole number of at least 0`);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
