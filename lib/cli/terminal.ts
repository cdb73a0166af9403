/** What the terminal can show. @module */
import type { TerminalSize } from "../report/terminal/frame.ts";
import type { CliContext, CommonFlags, TerminalStream } from "./context.ts";

/** The size of the terminal; 80 × 24 when it can't be asked. */
export function terminalSize(): TerminalSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    // Terminals that do not know their size say that it is 0.
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/** How many columns standard output has; what is not a terminal is as wide as it needs to be. */
export function outputWidth(): number {
  return Deno.stdout.isTerminal() ? terminalSize().columns : Infinity;
}

/** Whether standard error is a terminal that can move its cursor. */
export function canRepaint({ streams, variable }: CliContext): boolean {
  return streams.error.isTerminal() && variable("TERM") !== "dumb";
}

/** Says whether messages are coloured: on a terminal only, unless it is not wanted. */
export function wantsColour(
  context: CliContext,
  flags: CommonFlags,
  stream: TerminalStream = context.streams.error,
): boolean {
  // https://no-color.org: any value but the empty one counts.
  const forbidden = (context.variable("NO_COLOR") ?? "") !== "";
  return flags.color && !forbidden && context.variable("TERM") !== "dumb" && stream.isTerminal();
}
