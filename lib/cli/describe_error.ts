import { AppError, ExitCode, isInternalError, reasonOf } from "../errors.ts";
import type { Problem, State } from "../backup/outcome.ts";
import { printable } from "../text/printable.ts";
import type { Masker } from "../text/secret.ts";
import type { CliContext } from "./context.ts";

/**
 * Writes an error for the person at the terminal. What can happen in operation has a sentence and,
 * where there is one, a hint; anything else is a bug in autoborg, with its place in the code
 * instead of a stack trace.
 */
export function describeError(thrown: unknown): string {
  if (thrown instanceof AppError) {
    const hint = thrown.hint === undefined ? "" : `\nhint: ${thrown.hint}`;
    // Several findings in a file: each has a line of its own, as an editor can jump to it.
    const start = thrown.message.includes("\n")
      ? "error: the configuration is invalid\n"
      : "error: ";
    return printable(`${start}${thrown.message}${hint}`);
  }
  const reason = printable(reasonOf(thrown));
  if (!isInternalError(thrown)) return `error: ${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  const place = placeOf(thrown);
  return `error: Internal error: ${reason}${place === undefined ? "" : `, at ${place}`}\n` +
    `hint: This is a bug in autoborg: please report it together with this message`;
}

/** Prints problems for the person at the terminal. */
export function tellProblems(
  context: CliContext,
  problems: readonly Problem[],
  mask: Masker,
): void {
  for (const { severity, message, hint } of problems) {
    const advice = hint === undefined ? "" : `\nhint: ${hint}`;
    context.tell(mask(`${severity}: ${message}${advice}\n`));
  }
}

/** The exit code of what was done as far as could be. */
export function exitCodeOfState(state: State): ExitCode {
  return { ok: ExitCode.ok, warning: ExitCode.warning, failed: ExitCode.failed }[state];
}

/** The exit code of an error that ends the program. */
export function exitCodeOfError(thrown: unknown): ExitCode {
  if (thrown instanceof AppError) return thrown.exitCode;
  return isInternalError(thrown) ? ExitCode.internal : ExitCode.failed;
}

/** Where it was thrown, such as "run.ts:12:34". */
function placeOf(thrown: unknown): string | undefined {
  const stack = thrown instanceof Error ? thrown.stack ?? "" : "";
  return /([^/\s(]+\.[jt]s:\d+:\d+)\)?$/m.exec(stack)?.[1];
}
