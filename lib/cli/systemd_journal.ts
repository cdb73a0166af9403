import { fstatSync } from "node:fs";
import { withGuessedPriority } from "../report/terminal/journal_prefix.ts";
import type { CliContext, ReadVariable } from "./context.ts";

/**
 * Says whether standard error is the journal of systemd: it names the device and the inode of what
 * it listens to, and a redirection leads elsewhere.
 */
export function isJournal(variable: ReadVariable): boolean {
  const stream = variable("JOURNAL_STREAM");
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(2, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Makes what writes messages, with a priority before each line when the journal reads them. */
export function tellJournal(outside: Pick<CliContext, "variable" | "tell">): CliContext["tell"] {
  if (!isJournal(outside.variable)) return outside.tell;
  return (text) => outside.tell(withGuessedPriority(text));
}
