/**
 * Times as people read and write them: local time with its zone. Programs get ISO 8601 in UTC.
 *
 * @module
 */
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
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?)?$/
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

/** A time: a date, milliseconds since 1970, or what `Date` reads. */
type Time = Date | number | string;

/** Writes a time as the clock on the wall has it, with its zone: "2026-11-20 08:00 +01:00". */
export function localTime(time: Time): string {
  return written(time, (date) => `${localDay(date)} ${clock(date).slice(0, 5)} ${zoneOf(date)}`);
}

/** Writes a time to the second: "2026-11-20 08:00:31 +01:00". */
export function localSecond(time: Time): string {
  return written(time, (date) => `${localDay(date)} ${clock(date)} ${zoneOf(date)}`);
}

/** Writes a time for a log, in the form of ISO 8601: "2026-11-20T08:00:31.042+01:00". */
export function logTime(time: Date): string {
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${localDay(time)}T${clock(time)}.${milliseconds}${zoneOf(time)}`;
}

/** A time that nobody can read stays as it is. */
function written(time: Time, write: (date: Date) => string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : write(date);
}

/** Writes the day that the calendar on the wall has: "2026-11-20". */
export function localDay(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
}

/** The difference to UTC: a name such as CET is not known to everybody, nor the only one. */
function zoneOf(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function offset(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}

function unreadable(text: string): UsageError {
  return new UsageError(`Cannot read the time "${text}": ${WANTED}`);
}
