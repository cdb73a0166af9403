/**
 * The terminal of a run: standard error and standard output that may go away, and the reporter that
 * writes to them.
 * @module
 */
import type { Problem } from "../backup/outcome.ts";
import { ConsoleReporter, type ProgressStyle } from "../report/terminal/console.ts";
import type { LastGood } from "../report/last_good.ts";
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

/** Where a run writes to while it goes on; nothing here throws. Disposing of it ends the progress. */
export class RunTerminal implements Disposable {
  readonly reporter: Reporter;
  /** Known as soon as the history is open. */
  lastGood: LastGood = () => undefined;
  readonly #isTerminal: boolean;
  readonly #error: SteadyTerminal;
  readonly #output: SteadyTerminal;

  /** @param flags what the command line says */
  constructor(context: CliContext, flags: TerminalFlags, mask: Masker) {
    const { variable, streams } = context;
    this.#isTerminal = streams.error.isTerminal();
    const name = this.#isTerminal ? "its terminal" : "standard error";
    this.#error = new SteadyTerminal(streams.error, name);
    this.#output = new SteadyTerminal(streams.output, "standard output");
    this.reporter = new ConsoleReporter({
      write: tellJournal({ variable, tell: this.#error.write }),
      writeOutput: this.#output.write,
      size: terminalSize,
      colour: wantsColour(context, flags),
      progress: flags.progress !== "auto" ? flags.progress : canRepaint(context) ? "bar" : "plain",
      journal: isJournal(variable),
      mask,
      lastGood: (label) => this.lastGood(label),
      now: () => performance.now(),
    });
  }

  /** That one of them went away. */
  get problems(): readonly Problem[] {
    return [...this.#error.problems, ...this.#output.problems];
  }

  /** Says who hears of it, once, when one of them goes away. */
  onLost(hear: (problem: Problem) => void): void {
    this.#error.onLost = hear;
    this.#output.onLost = hear;
  }

  /** Takes note of SIGHUP. */
  hangUp(): void {
    if (this.#isTerminal) this.#error.lose("it was closed");
  }

  /** A run that is refused closes no reporter. */
  [Symbol.dispose](): void {
    void this.reporter.close();
  }

  /** Waits a moment for what has not been written yet. */
  async flush(): Promise<void> {
    await Promise.all([this.#error.flush(), this.#output.flush()]);
  }
}
