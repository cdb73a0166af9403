/**
 * The account of a run on the terminal: short, for a person who looks on. The log file has it all.
 *
 * @module
 */
import type { Level, RunEvent } from "../../backup/events.ts";
import type { Problem } from "../../backup/outcome.ts";
import { reasonOf } from "../../errors.ts";
import type { Masker } from "../../text/secret.ts";
import { StepProgress, WaitProgress } from "./step_progress.ts";
import { consoleLines, STEP_WIDTH } from "./console_lines.ts";
import { cutLines, LONGEST_MESSAGE } from "../../text/cut.ts";
import { Frame, type TerminalSize } from "./frame.ts";
import { withPriority } from "./journal_prefix.ts";
import { progressObject, progressReport } from "./progress_json.ts";
import { progressLine } from "./progress_lines.ts";
import type { LastGood } from "../last_good.ts";
import type { Reporter } from "../reporter.ts";
import { columns } from "../../text/width.ts";

/** How progress is shown. */
export type ProgressStyle = "bar" | "plain" | "json" | "none";

/** The terminal, or whatever stands in its place. */
export interface Screen {
  /** Writes messages: standard error. */
  readonly write: (text: string) => void;
  /** Writes what programs read: standard output. */
  readonly writeOutput: (text: string) => void;
  readonly size: () => TerminalSize;
  readonly colour: boolean;
  readonly progress: ProgressStyle;
  /** Whether messages go to the journal of systemd, which wants a priority before each line. */
  readonly journal: boolean;
  readonly mask: Masker;
  /** How old the last good backups are; asked when the run has been recorded. */
  readonly lastGood: LastGood;
  /** Milliseconds, only ever growing. */
  readonly now: () => number;
}

/** How often progress is shown, in milliseconds. */
const INTERVAL: Readonly<Record<ProgressStyle, number>> = {
  bar: 200,
  plain: 30_000,
  json: 1_000,
  none: 0,
};

/** The reporter that writes to the terminal. */
export class ConsoleReporter implements Reporter {
  readonly name = "terminal";
  readonly #screen: Screen;
  readonly #frame = new Frame();
  readonly #active = new Map<string, StepProgress | WaitProgress>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #problem: Problem | undefined;
  #labelWidth = 0;
  #version = "";

  constructor(screen: Screen) {
    this.#screen = screen;
    const interval = INTERVAL[screen.progress];
    if (interval > 0) this.#timer = setInterval(() => this.#tickOrStop(), interval);
  }

  /** That progress is no longer shown. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Takes an event; progress is only remembered here, as Borg tells a lot of it. */
  handle(event: RunEvent): void {
    if (event.type === "progress") {
      this.#active.get(event.repository)?.take(event.progress);
      return;
    }
    // Nor do the lines of Borg concern the terminal.
    if (event.type === "output") return;
    this.#follow(event);
    const { colour, journal, mask, write, progress } = this.#screen;
    const style = { colour, labelWidth: this.#labelWidth, lastGood: this.#screen.lastGood };
    const lines = consoleLines(event, style)
      .map(({ level, text }) =>
        this.#prefixed(`${cutLines(mask(text), LONGEST_MESSAGE)}\n`, level, journal)
      ).join("");
    if (lines !== "") {
      if (progress === "bar") this.#paint(lines);
      else write(lines);
    }
    if (progress === "json") this.#writeObject(progressObject(event, this.#version, mask));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#active.clear();
    if (this.#screen.progress === "bar") this.#paint("");
  }

  #follow(event: RunEvent): void {
    if (event.type === "run-started") {
      this.#version = event.version;
      this.#labelWidth = Math.max(0, ...event.repositories.map(columns));
    } else if (event.type === "step-started") {
      const { repository, step, expectedSize } = event;
      const now = this.#screen.now();
      this.#active.set(repository, new StepProgress(repository, step, now, expectedSize));
    } else if (event.type === "retry-waiting") {
      this.#active.set(event.repository, new WaitProgress(event, this.#screen.now()));
    } else if (event.type === "retry-started") {
      const { repository, step } = event;
      this.#active.set(repository, new StepProgress(repository, step, this.#screen.now()));
    } else if (event.type === "step-finished") {
      this.#active.delete(event.repository);
    } else if (event.type === "repository-finished") {
      // The step of an absent repository has no end of its own.
      this.#active.delete(event.outcome.label);
    }
  }

  /** What a timer throws would be caught by nobody: a progress display must not end a run. */
  #tickOrStop(): void {
    try {
      this.#tick();
    } catch (error) {
      clearInterval(this.#timer);
      this.#problem = {
        severity: "warning",
        message: `Progress is no longer shown: ${reasonOf(error)}`,
      };
    }
  }

  #tick(): void {
    const { progress, mask, now, write, journal } = this.#screen;
    if (progress === "bar") return this.#paint("");
    for (const step of this.#active.values()) {
      const state = step.at(now(), mask);
      if (progress === "json") this.#writeObject(progressReport(state));
      else write(this.#prefixed(`${progressLine(state, 1_000)}\n`, "info", journal));
    }
  }

  #paint(messages: string): void {
    const { now, mask, size, write } = this.#screen;
    const space = size();
    const states = [...this.#active.values()].map((step) => step.at(now(), mask));
    // In the columns of the lines above, when there is room for that.
    const gap = space.columns < 60 ? 0 : 1;
    const widths = {
      repository: this.#labelWidth + gap,
      step: gap > 0 ? STEP_WIDTH + gap : Math.max(0, ...states.map(({ step }) => step.length)),
    };
    // One column stays free: some terminals wrap when the last one is written to.
    const lines = states.map((state) => progressLine(state, space.columns - 1, widths));
    const text = this.#frame.paint(messages, lines, space);
    if (text !== "") write(text);
  }

  #writeObject(object: unknown): void {
    if (object !== undefined) this.#screen.writeOutput(`${JSON.stringify(object)}\n`);
  }

  #prefixed(text: string, level: Level, journal: boolean): string {
    // A blank line would be an entry of the journal.
    return journal ? withPriority(text.replace(/^\n/, ""), level) : text;
  }
}
