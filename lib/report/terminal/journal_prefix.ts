import type { Level } from "../../backup/events.ts";

/** The priorities of sd-daemon(3). */
const PRIORITY: Readonly<Record<Level, string>> = {
  error: "<3>",
  warning: "<4>",
  info: "<6>",
  debug: "<7>",
};

/** Puts the priority before each line, as the journal of systemd reads it. */
export function withPriority(text: string, level: Level): string {
  return text.replace(/^(?=.)/gm, PRIORITY[level]);
}

/**
 * The same for messages without a level: they begin with "error:" or "warning:", or they are
 * information. Lines that follow belong to them; lines that have a priority keep it.
 */
export function withGuessedPriority(text: string): string {
  let level: Level = "info";
  return text.split("\n").map((line) => {
    if (/^\s*error\b/.test(line)) level = "error";
    else if (/^\s*warning\b/.test(line)) level = "warning";
    return /^<\d>/.test(line) ? line : withPriority(line, level);
  }).join("\n");
}
