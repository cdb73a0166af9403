/**
 * The terminal of a run: standard error and standard output that may go away, and the reporter that
 * writes to them.
 * @module
 */
import type { Problem } from "../backup/outcome.ts";
import { ConsoleReporter, type ProgressStyle } from "../report/terminal/console.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Masker } from "../text/secret.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { isJournal, tellJournal } from "./systemd_journal.ts";
import { SteadyTerminal } from "./steady_terminal.ts";
import { canRepaint, terminalSize, wantsColour } from "./terminal.ts";

/** The flags that the terminal depends on. */
export interface TerminalFlags extends CommonFlags {
  readonly progress: "auto" | ProgressStyle;
}

/** Where a run writes to while it goes on. */
export interface RunTerminal {
  readonly reporter: Reporter;
  /** Writes messages. */
  readonly tell: (text: string) => void;
  /** That one of them went away. */
  readonly problems: readonly Problem[];
  /** Says who hears of it when the terminal goes away; once. */
  onLost(hear: (problem: Problem) => void): void;
  /** Takes note of SIGHUP. */
  hangUp(): void;
  /** Waits a moment for what has not been written yet. */
  flush(): Promise<void>;
}

/**
 * Opens the terminal of a run.
 *
 * @returns the terminal; it neither throws nor waits
 */
export function openTerminal(
  context: CliContext,
  flags: TerminalFlags,
  mask: Masker,
): RunTerminal {
  const { variable, streams } = context;
  const isTerminal = streams.error.isTerminal();
  const error = new SteadyTerminal(streams.error, isTerminal ? "its terminal" : "standard error");
  const output = new SteadyTerminal(streams.output, "standard output");
  const tell = tellJournal({ variable, tell: error.write });
  const reporter = new ConsoleReporter({
    write: tell,
    writeOutput: output.write,
    size: terminalSize,
    colour: wantsColour(context, flags),
    progress: flags.progress !== "auto" ? flags.progress : canRepaint(context) ? "bar" : "plain",
    journal: isJournal(variable),
    mask,
    now: () => performance.now(),
  });
  return {
    reporter,
    tell,
    get problems() {
      return [...error.problems, ...output.problems];
    },
    onLost(hear) {
      error.onLost = hear;
      output.onLost = hear;
    },
    hangUp() {
      if (isTerminal) error.lose("it was closed");
    },
    async flush() {
      await Promise.all([error.flush(), output.flush()]);
    },
  };
}
