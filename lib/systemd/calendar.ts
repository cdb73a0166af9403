/**
 * Calendar expressions of systemd (systemd.time(7)): a loose check, as only systemd knows them all.
 *
 * @module
 */
import { AppError } from "../errors.ts";
import type { StartProgram } from "../process/program.ts";

/** Days, and the words that systemd has for whole expressions. */
const NAMES =
  /\b(?:mon|tue|wed|thu|fri|sat|sun|(?:minute|hour|dai|week|month|quarter|year)ly\b|(?:semi-?|bi-?)?an?nually\b)/i;

/** An hour that no day has. */
const NO_HOUR = /(?:^|\s)(?:2[4-9]|[3-9]\d|\d{3,}):/;

/**
 * Says whether a text may be a calendar expression: a mistake that is found here needs no systemd,
 * which may be missing where the units are made.
 *
 * @param text such as "03:30", "Mon..Fri 22:00" or "*-*-1 04:00 Europe/Berlin"
 * @returns false for what has other characters, an impossible hour, or neither numbers nor names
 */
export function looksLikeCalendar(text: string): boolean {
  return /^[\w*.,:/~@+ -]+$/.test(text) && (/[\d*]/.test(text) || NAMES.test(text)) &&
    !NO_HOUR.test(text);
}

/** How long systemd-analyze may take, in milliseconds. */
const TIME_LIMIT = 10_000;

/**
 * Asks `systemd-analyze calendar`, where it exists.
 *
 * @param path `PATH`
 * @param start starts it
 * @returns false only when systemd refuses it
 */
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
