/** Times as people write them on the command line. @module */
import { UsageError } from "../errors.ts";

const WANTED = 'expected a time such as "2026-11-20 08:00", "2026-11-20" or "2026-11-20T07:00:00Z"';

/**
 * Reads a time. Without a zone it is local time; a day alone means its end.
 *
 * @returns the last millisecond that is meant
 * @throws {UsageError} when it is no time
 */
export function parseMoment(text: string): Date {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/
      .exec(text.trim());
  if (match === null) throw unreadable(text);
  const [, year = "", month = "", day = "", hour, minute, second, zone] = match;
  const parts = [year, month, day, hour ?? "23", minute ?? "59", second ?? "59"].map(Number);
  if (hour !== undefined && second === undefined) parts[5] = 0;
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = parts;
  const ms = hour === undefined ? 999 : 0;
  const utc = new Date(Date.UTC(y, m - 1, d, h, min, s, ms));
  // 30 February and 25 o'clock are no times: JavaScript makes others of them.
  const real = utc.getUTCMonth() === m - 1 && utc.getUTCDate() === d && utc.getUTCHours() === h &&
    utc.getUTCMinutes() === min && utc.getUTCSeconds() === s;
  if (!real) throw unreadable(text);
  if (zone === undefined) return new Date(y, m - 1, d, h, min, s, ms);
  return new Date(utc.getTime() - offset(zone) * 60_000);
}

/** Writes a time as the clock on the wall has it. Returns such as "2026-11-20 08:00". */
export function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

function offset(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}

function unreadable(text: string): UsageError {
  return new UsageError(`Cannot read the time "${text}": ${WANTED}`);
}
