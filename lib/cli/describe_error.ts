import { AppError } from "../errors.ts";

/**
 * Writes an error for the person at the terminal. What can happen in operation has a sentence and a
 * hint; anything else is a mistake in this program, and its place in the code helps to mend it.
 *
 * @param thrown what was thrown
 * @returns one or more lines
 */
export function describeError(thrown: unknown): string {
  if (thrown instanceof AppError) {
    const hint = thrown.hint === undefined ? "" : `\nwhat to do: ${thrown.hint}`;
    // Several findings in a file: each has a line of its own, as an editor can jump to it.
    const start = thrown.message.includes("\n")
      ? "error: the configuration is invalid\n"
      : "error: ";
    return `${start}${thrown.message}${hint}`;
  }
  const place = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
  return `error: This is a mistake in autoborg itself, please report it: ${place}`;
}
