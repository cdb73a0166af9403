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

/** Writes milliseconds for people, rounded: "0.8 s", "42 s", "4 min 10 s", "2 h 3 min", "3 d 4 h". */
export function humanDuration(duration: number): string {
  const tenths = Math.round(Math.max(0, duration) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(tenths / 10);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return twoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return twoUnits(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** Writes how long ago something was, in whole units: "34 s", "6 min", "26 h", "3 d". */
export function humanAge(age: number): string {
  const seconds = Math.floor(Math.max(0, age) / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3_600);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** Writes milliseconds for people as they were configured, not rounded: "26 h", not "1 d 2 h". */
export function humanLimit(duration: number): string {
  demandWhole(duration, "milliseconds");
  const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]] as const;
  const [unit, scale] = units.find(([, scale]) => duration % scale === 0) ?? ["ms", 1];
  return duration === 0 ? "0 s" : `${duration / scale} ${unit}`;
}

/** Writes weeks that are no more than an estimate: "less than a week", "about 3 weeks". */
export function humanWeeks(weeks: number): string {
  const whole = Math.round(weeks);
  if (weeks < 1) return "less than a week";
  if (whole > 520) return "more than 10 years";
  return whole === 1 ? "about a week" : `about ${humanCount(whole)} weeks`;
}

/** Counts things for people: "1 file", "48,210 files". */
export function counted(count: number, one: string, many: string): string {
  return `${humanCount(count)} ${count === 1 ? one : many}`;
}

/** Writes a place in an order for people: "1st", "2nd", "11th". */
export function ordinal(number: number): string {
  const isTeen = Math.floor(number / 10) % 10 === 1;
  return `${number}${isTeen ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th"}`;
}

/** Where a number of at least four digits gets a comma. `toLocaleString` takes 20 ms the first time. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** Writes a number of things for people: "48,210". */
export function humanCount(count: number): string {
  return String(count).replace(THOUSANDS, ",");
}

/** Writes how much is done, in whole percent: "34 %". Nothing but the whole is 100 %. */
export function humanPercent(percent: number): string {
  return `${Math.floor(percent)} %`;
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

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return `${large} ${largeUnit}${small === 0 ? "" : ` ${small} ${smallUnit}`}`;
}
