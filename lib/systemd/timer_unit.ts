/**
 * The text of the timer, and a loose check of its calendar expression (systemd.time(7)): only systemd
 * knows them all.
 *
 * @module
 */
import { AppError } from "../errors.ts";
import type { StartProgram } from "../process/program.ts";

/** Not between one and three o'clock, which some nights of the year lack or have twice. */
export const DEFAULT_CALENDAR = "*-*-* 03:30";

/** When it is looked whether backups are too old: late enough for a run of the night to have ended. */
export const STATUS_CALENDAR = "*-*-* 00/4:45";

/** So that machines that were set up alike do not start in the same minute, in milliseconds. */
export const DEFAULT_SPLAY = 15 * 60_000;

/** What the timer is made of. */
export interface TimerRequest {
  /** What is backed up, ready for the unit. */
  readonly description: string;
  /** The service's file name. */
  readonly service: string;
  /** A calendar expression. */
  readonly calendar: string;
  /** By how much this machine's runs may be later than that, in milliseconds. */
  readonly splay: number;
}

/** Writes the timer. `FixedRandomDelay=` needs systemd 247. */
export function timerUnit({ description, service, calendar, splay }: TimerRequest): string {
  return [
    "[Unit]",
    `Description=${description}`,
    "",
    "[Timer]",
    `OnCalendar=${calendar}`,
    "# Each machine has its own fixed delay, so that several machines do not start in the same " +
    "minute.",
    `RandomizedDelaySec=${timeSpan(splay)}`,
    "FixedRandomDelay=yes",
    "AccuracySec=1min",
    "# A run that was missed while the machine was off is started at boot.",
    "Persistent=yes",
    `Unit=${service}`,
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ].join("\n");
}

/** A duration as systemd.time(7) has it. */
function timeSpan(duration: number): string {
  const units = [["h", 3_600_000], ["min", 60_000]] as const;
  const [unit, scale] = units.find(([, scale]) => duration > 0 && duration % scale === 0) ??
    ["s", 1_000];
  return `${duration / scale}${unit}`;
}

/** Days, and the words that systemd has for whole expressions. */
const NAMES =
  /\b(?:mon|tue|wed|thu|fri|sat|sun|(?:minute|hour|dai|week|month|quarter|year)ly\b|(?:semi-?|bi-?)?an?nually\b)/i;

/** An hour that no day has. */
const NO_HOUR = /(?:^|\s)(?:2[4-9]|[3-9]\d|\d{3,}):/;

/**
 * Whether a text, such as "Mon..Fri 22:00" or "*-*-1 04:00 Europe/Berlin", may be a calendar expression.
 * A mistake that is found here needs no systemd, which may be missing where the units are made.
 */
export function looksLikeCalendar(text: string): boolean {
  return /^[\w*.,:/~@+ -]+$/.test(text) && (/[\d*]/.test(text) || NAMES.test(text)) &&
    !NO_HOUR.test(text);
}

/** How long systemd-analyze may take, in milliseconds. */
const TIME_LIMIT = 10_000;

/** Asks `systemd-analyze calendar`, where it exists; false only when systemd refuses the expression. */
export async function isTakenBySystemd(
  text: string,
  path: string | undefined,
  start: StartProgram,
): Promise<boolean> {
  try {
    const { stderr } = await start({
      program: "systemd-analyze",
      args: ["calendar", "--", text],
      env: { ...(path === undefined ? {} : { PATH: path }), LC_ALL: "C.UTF-8" },
      timeLimit: TIME_LIMIT,
    });
    return !stderr.text.includes("Failed to parse calendar");
  } catch (error) {
    // Not installed, or not to be trusted: units can be made on a machine that has no systemd.
    if (error instanceof AppError) return true;
    throw error;
  }
}
