/**
 * Says whether a text is a calendar expression of systemd (systemd.time(7)). `systemd-analyze
 * calendar` knows exactly, but may not be started; a mistake that is found here is better than a
 * timer that never elapses.
 *
 * @module
 */

const WORDS = /^(?:minutely|hourly|daily|monthly|weekly|yearly|annually|quarterly|semiannually)$/i;

const DAY =
  "(?:mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const DAYS = new RegExp(`^${DAY}(?:\\.\\.${DAY})?(?:,${DAY}(?:\\.\\.${DAY})?)*,?$`, "i");

/**
 * Says whether systemd would understand a text as the value of `OnCalendar=`.
 *
 * @param text such as "03:30", "Mon..Fri 22:00" or "*-*-1 04:00 Europe/Berlin"
 */
export function isCalendar(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  if (isTimeZone(parts.at(-1) ?? "")) parts.pop();
  const [first = ""] = parts;
  if (parts.length === 1 && WORDS.test(first)) return true;
  if (DAYS.test(first)) parts.shift();
  else if (parts.length === 0) return false;
  const last = parts.at(-1) ?? "";
  if (last.includes(":")) {
    if (!isTime(last)) return false;
    parts.pop();
  }
  const [date] = parts;
  return parts.length === 0 || (parts.length === 1 && date !== undefined && isDate(date));
}

function isDate(text: string): boolean {
  // "~" instead of the last "-" counts from the end of the month.
  const parts = text.replace("~", "-").split("-");
  const [year = "*", month = "", day = ""] = parts.length === 2 ? ["*", ...parts] : parts;
  return parts.length >= 2 && parts.length <= 3 && (text.match(/~/g)?.length ?? 0) <= 1 &&
    isField(year, 0, 2199) && isField(month, 1, 12) && isField(day, 1, 31);
}

function isTime(text: string): boolean {
  const parts = text.split(":");
  const [hour = "", minute = "", second = "0"] = parts;
  return parts.length <= 3 && isField(hour, 0, 23) && isField(minute, 0, 59) &&
    isField(second, 0, 59);
}

/** `*`, or values, ranges and repetitions with commas between them. */
function isField(text: string, from: number, to: number): boolean {
  return text.split(",").every((part) => {
    const [, start, end, step] = /^(\*|\d{1,4}(?:\.\d+)?)(?:\.\.(\d{1,4}(?:\.\d+)?))?(?:\/(\d+))?$/
      .exec(part) ?? [];
    if (start === undefined || (step !== undefined && Number(step) < 1)) return false;
    if (start === "*") return end === undefined;
    const isIn = (value: string) => Math.floor(Number(value)) >= from && Number(value) < to + 1;
    return isIn(start) && (end === undefined || (isIn(end) && Number(end) >= Number(start)));
  });
}

function isTimeZone(text: string): boolean {
  if (!/^(?:UTC|[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+)$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
