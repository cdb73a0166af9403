/** Flags of `autoborg systemd`. @module */
import { DEFAULT_CALENDAR, DEFAULT_SPLAY, looksLikeCalendar } from "../../systemd/timer_unit.ts";
import { DURATION_PATTERN, formatDuration, parseDuration } from "../../text/units.ts";
import { commonFlags, switchFlag, textFlag } from "./flags.ts";

/** The flags of `systemd`. */
export const systemdFlags = {
  ...commonFlags,
  write: textFlag(
    "DIR",
    "Directory to write the units to, such as /etc/systemd/system; default: print them",
  ),
  overwrite: switchFlag("Overwrite our units even if they were edited"),
  calendar: {
    kind: "parsed",
    parse: parseCalendar,
    default: DEFAULT_CALENDAR,
    placeholder: "TIME",
    brief: "Start time of the runs, as in systemd.time(7)",
  },
  splay: {
    kind: "parsed",
    parse: parseSplay,
    default: formatDuration(DEFAULT_SPLAY),
    placeholder: "TIME",
    brief: "Delay each machine by its own fixed time of up to this, at most 12h",
  },
  name: {
    ...textFlag(
      "NAME",
      "Name the units autoborg@NAME; default configuration: /etc/autoborg/NAME.toml",
    ),
    parse: parseInstance,
  },
  binary: {
    ...textFlag("FILE", "Program that the service starts; default: this one"),
    parse: parseBinary,
  },
} as const;

function parseCalendar(text: string): string {
  const calendar = text.trim();
  if (looksLikeCalendar(calendar)) return calendar;
  throw new RangeError(EXPECTED_CALENDAR);
}

/** With a longer delay a run could still be going on when the next one of a daily timer is due. */
const LONGEST_SPLAY = 12 * 3_600_000;

function parseSplay(text: string): number {
  const wanted = 'expected a duration of whole seconds up to "12h", such as "30m" or "1h"';
  if (!DURATION_PATTERN.test(text)) throw new RangeError(wanted);
  const splay = parseDuration(text);
  if (splay > LONGEST_SPLAY || splay % 1_000 !== 0) throw new RangeError(wanted);
  return splay;
}

/** Says what a calendar expression looks like. */
export const EXPECTED_CALENDAR = 'expected a time such as "03:30", "Mon..Fri 22:00" or ' +
  '"*-*-01 04:00"; see systemd-analyze calendar';

/** Whether a name may stand behind the @ of a unit. */
export function isInstanceName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(text);
}

function parseInstance(text: string): string {
  if (isInstanceName(text)) return text;
  throw new RangeError("expected up to 64 letters, digits, dots, hyphens and underscores");
}

function parseBinary(text: string): string {
  if (text.startsWith("/")) return text;
  throw new RangeError("expected an absolute path");
}
