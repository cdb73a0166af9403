/** Flags of `autoborg systemd`. @module */
import { DEFAULT_CALENDAR, looksLikeCalendar } from "../../systemd/timer_unit.ts";
import { commonFlags, switchFlag, textFlag } from "./flags.ts";

/** The flags of `systemd`. */
export const systemdFlags = {
  ...commonFlags,
  write: textFlag(
    "DIR",
    "Write the units there, such as /etc/systemd/system, instead of printing them",
  ),
  overwrite: switchFlag("Replace units of ours also when somebody changed them"),
  calendar: {
    kind: "parsed",
    parse: parseCalendar,
    default: DEFAULT_CALENDAR,
    placeholder: "TIME",
    brief: "When runs start, as in systemd.time(7)",
  },
  name: {
    ...textFlag(
      "NAME",
      "Call the units autoborg@NAME; they read /etc/autoborg/NAME.toml if nothing else is said",
    ),
    parse: parseInstance,
  },
  binary: {
    ...textFlag("FILE", "The program that the service starts; else this one"),
    parse: parseBinary,
  },
} as const;

function parseCalendar(text: string): string {
  const calendar = text.trim();
  if (looksLikeCalendar(calendar)) return calendar;
  throw new RangeError(notACalendar(text));
}

/** Says that a text is no calendar expression. */
export function notACalendar(text: string): string {
  return `Cannot read "${text}": expected a time such as "03:30", "Mon..Fri 22:00" or ` +
    '"*-*-01 04:00"; systemd-analyze calendar tells more';
}

function parseInstance(text: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(text)) return text;
  throw new RangeError(
    `Cannot read "${text}": expected up to 64 letters, digits, dots, hyphens and underscores`,
  );
}

function parseBinary(text: string): string {
  if (text.startsWith("/")) return text;
  throw new RangeError(`Cannot read "${text}": expected an absolute path`);
}
