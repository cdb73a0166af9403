/**
 * Says whether a text is a calendar expression of systemd (systemd.time(7)). `systemd-analyze
 * calendar` knows exactly, but may not be started; a mistake that is found here is better than a
 * timer that never elapses.
 *
 * @module
 */

const WORDS =
  /^(?:minutely|hourly|daily|weekly|monthly|quarterly|yearly|an?nually|(?:bi|semi)-?annually)$/i;

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = "(mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|" +
  "sun(?:day)?)";
/** The hyphen is how old versions wrote a range; new ones still read it. */
const DAY_RANGE = new RegExp(`^${DAY}(?:(?:\\.\\.|-)${DAY})?$`, "i");

/** What the values of a part of a date or a time may be. */
interface Field {
  readonly from: number;
  readonly to: number;
  /** Whether values are counted from the end, so that repetitions go down. */
  readonly backwards?: boolean;
  /** Years may have two digits. */
  readonly short?: boolean;
  /** How many of the units that are counted in make one; without a step a range has to hold one. */
  readonly unit?: number;
}

const YEAR: Field = { from: 1970, to: 2199, short: true };
const MONTH: Field = { from: 1, to: 12 };
const DAY_OF_MONTH: Field = { from: 1, to: 31 };
/** A day that every month has. */
const DAY_FROM_END: Field = { from: 1, to: 28, backwards: true };
const HOUR: Field = { from: 0, to: 23 };
const MINUTE: Field = { from: 0, to: 59 };
/** systemd counts them in millionths. */
const SECOND: Field = { from: 0, to: 59_999_999, unit: 1_000_000 };

/** The last second that systemd's years have. */
const LAST_SECOND = Date.UTC(2200, 0) / 1_000 - 1;

/**
 * Says whether systemd would understand a text as the value of `OnCalendar=`.
 *
 * The abbreviations of the machine's own time zone (CEST) are refused, which systemd takes: they mean
 * something to that machine alone, and all year round they mean half of the year.
 *
 * @param text such as "03:30", "Mon..Fri 22:00" or "*-*-1 04:00 Europe/Berlin"
 */
export function isCalendar(text: string): boolean {
  const rest = withoutTimeZone(text.trim());
  if (WORDS.test(rest)) return true;
  const parts = rest.split(/ +/);
  const hasDays = isDays(parts[0] ?? "");
  if (hasDays) parts.shift();
  const [first, second] = parts;
  if (first === undefined) return hasDays;
  if (second === undefined) return isDate(first) || isTime(first) || isMoment(first);
  return parts.length === 2 && isDate(first) && isTime(second);
}

/** "Mon..Wed,Sat"; a comma at the end does no harm. */
function isDays(text: string): boolean {
  return text.replace(/,$/, "").split(",").every((range) => {
    const [, first, last = first] = DAY_RANGE.exec(range) ?? [];
    return first !== undefined && last !== undefined && dayNumber(first) <= dayNumber(last);
  });
}

function dayNumber(day: string): number {
  return DAYS.indexOf(day.slice(0, 3).toLowerCase());
}

function isDate(text: string): boolean {
  // "~" instead of the last "-" counts from the end of the month.
  const [, year = "*", month = "", sign, day = ""] =
    /^(?:([^~-]+)-)?([^~-]+)([~-])([^~-]+)$/.exec(text) ?? [];
  return isField(year, YEAR) && isField(month, MONTH) &&
    isField(day, sign === "~" ? DAY_FROM_END : DAY_OF_MONTH);
}

function isTime(text: string): boolean {
  const parts = text.split(":");
  const [hour = "", minute = "", second = "0"] = parts;
  return parts.length <= 3 && isField(hour, HOUR) && isField(minute, MINUTE) &&
    isField(second, SECOND);
}

/** A number of seconds since 1970. */
function isMoment(text: string): boolean {
  return /^@\d+$/.test(text) && Number(text.slice(1)) <= LAST_SECOND;
}

/** `*` alone, or values, ranges and repetitions with commas between them. */
function isField(text: string, field: Field): boolean {
  return text === "*" || text.split(",").every((part) => isComponent(part, field));
}

const WHOLE = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/;
const DECIMAL = /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?(?:\/(\d+(?:\.\d+)?))?$/;

function isComponent(text: string, field: Field): boolean {
  const { from, to, backwards = false, unit } = field;
  const [, start, end, repetition] = (unit === undefined ? WHOLE : DECIMAL).exec(text) ?? [];
  if (start === undefined) return false;
  const first = valueOf(start, field);
  const step = repetition === undefined ? undefined : count(repetition, field);
  if (first < from || first > to || step === 0) return false;
  if (end === undefined) {
    // A repetition has to come at least once.
    return step === undefined || (backwards ? first - step >= from : first + step <= to);
  }
  const length = valueOf(end, field) - first;
  if (length < 0 || (step === undefined && unit !== undefined && length < unit)) return false;
  // What no step comes to may be anything.
  return first + length - length % (step ?? unit ?? 1) <= to;
}

function valueOf(text: string, field: Field): number {
  const value = count(text, field);
  if (field.short !== true || value >= 100) return value;
  return value + (value < 70 ? 2000 : 1900);
}

function count(text: string, { unit = 1 }: Field): number {
  return Math.round(Number(text) * unit);
}

function withoutTimeZone(text: string): string {
  const at = text.lastIndexOf(" ");
  return at > 0 && isTimeZone(text.slice(at + 1)) ? text.slice(0, at) : text;
}

/**
 * To systemd a time zone is a file below /usr/share/zoneinfo, spelled exactly; UTC alone may be
 * spelled in any way. `Intl` takes any spelling of all, but Temporal gives the right one back.
 */
function isTimeZone(text: string): boolean {
  if (/^utc$/i.test(text)) return true;
  // Temporal would take "+01:00" as well.
  if (!/^[A-Z][\w+-]*(?:\/[\w+-]+)*$/i.test(text)) return false;
  try {
    return spelled(text) === text;
  } catch {
    return false;
  }
}

/** The right spelling of a time zone; throws when there is no such zone. */
function spelled(zone: string): string {
  if ("Temporal" in globalThis) return Temporal.Now.zonedDateTimeISO(zone).timeZoneId;
  // Deno before 2.7: only the capitals can be looked at.
  new Intl.DateTimeFormat("en", { timeZone: zone });
  return zone.replaceAll(/(^|\/)[a-z]/g, (letter) => letter.toUpperCase());
}
