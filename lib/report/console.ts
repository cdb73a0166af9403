/**
 * The account of a run on the terminal: short, for a person who looks on. The log file has it all.
 *
 * @module
 */
import { styleText } from "node:util";
import type { Progress, RunEvent } from "../backup/events.ts";
import type { Problem, RepositoryOutcome, StepOutcome, Verdict } from "../backup/outcome.ts";
import type { Masker } from "../secret.ts";
import { stepResult, verdictLine } from "./describe.ts";
import { printable, printableLine } from "./printable.ts";
import { progressLine } from "./progress_lines.ts";
import type { Reporter } from "./reporter.ts";

/** How progress is shown. */
export type ProgressStyle = "bar" | "plain" | "json" | "none";

/** The terminal, or whatever stands in its place. */
export interface Screen {
  /** Writes messages: standard error. */
  readonly write: (text: string) => void;
  /** Writes what programs read: standard output. */
  readonly writeOutput: (text: string) => void;
  /** How many columns it has now. */
  readonly columns: () => number;
  readonly colour: boolean;
  readonly progress: ProgressStyle;
  readonly mask: Masker;
  /** Milliseconds, only ever growing. */
  readonly now: () => number;
}

/** How often a line on a terminal is painted anew, in milliseconds. */
const PAINT_INTERVAL = 200;
/** How often a plain line says how far a step is, in milliseconds. */
const PLAIN_INTERVAL = 30_000;

interface Activity {
  readonly step: string;
  readonly started: number;
  progress: Progress | undefined;
}

/** The reporter that writes to the terminal. */
export class ConsoleReporter implements Reporter {
  readonly name = "terminal";
  readonly #screen: Screen;
  readonly #active = new Map<string, Activity>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #painted = 0;
  #labels: readonly string[] = [];

  /** @param screen where to */
  constructor(screen: Screen) {
    this.#screen = screen;
    const interval =
      { bar: PAINT_INTERVAL, plain: PLAIN_INTERVAL, json: 0, none: 0 }[screen.progress];
    if (interval > 0) this.#timer = setInterval(() => this.#tick(), interval);
  }

  /** Takes an event. */
  handle(event: RunEvent): void {
    if (event.type === "progress") return this.#onProgress(event);
    if (event.type === "step-started") {
      const activity = { step: event.step, started: this.#screen.now(), progress: undefined };
      this.#active.set(event.repository, activity);
      return;
    }
    if (event.type === "step-finished") this.#active.delete(event.repository);
    const lines = this.#describe(event);
    if (lines.length === 0) return;
    this.#erase();
    this.#screen.write(this.#screen.mask(lines.map((line) => `${line}\n`).join("")));
  }

  /** Takes the progress lines away. */
  close(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #describe(event: RunEvent): readonly string[] {
    switch (event.type) {
      case "run-started": {
        this.#labels = event.repositories;
        const { version, name, hostname, runId } = event;
        return [this.#paint("bold", `autoborg ${version}: ${name} on ${hostname}, run ${runId}`)];
      }
      case "step-finished":
        return this.#step(event.repository, event.outcome);
      case "repository-finished":
        return this.#repository(event.outcome);
      case "run-finished":
        return [
          ...this.#problems(event.outcome.problems),
          this.#verdict(event.outcome.verdict, verdictLine(event.outcome)),
        ];
      default:
        return [];
    }
  }

  #step(repository: string, outcome: StepOutcome): readonly string[] {
    const head = `${this.#column(repository)}  ${outcome.step.padEnd(7)}  `;
    const result = printableLine(stepResult(outcome));
    if (outcome.state === "skipped") {
      return [head + this.#paint(outcome.expected ? "dim" : "yellow", result)];
    }
    return [head + this.#verdict(outcome.state, result), ...this.#problems(outcome.problems)];
  }

  #repository(outcome: RepositoryOutcome): readonly string[] {
    if (outcome.state !== "absent") return [];
    const text = `skipped: it is optional, and ${printableLine(outcome.reason)}`;
    return [`${this.#column(outcome.label)}  ${this.#paint("dim", text)}`];
  }

  #problems(problems: readonly Problem[]): readonly string[] {
    return problems.flatMap(({ severity, message, hint }) => [
      `  ${this.#paint(severity === "error" ? "red" : "yellow", severity)}: ${printable(message)}`,
      ...(hint === undefined ? [] : [`    what to do: ${printable(hint)}`]),
    ]);
  }

  #onProgress(event: Extract<RunEvent, { type: "progress" }>): void {
    const activity = this.#active.get(event.repository);
    if (activity !== undefined) activity.progress = event.progress;
    if (this.#screen.progress !== "json") return;
    const { repository, progress } = event;
    const line = JSON.stringify({
      type: "progress",
      repository,
      step: activity?.step,
      ...progress,
    });
    this.#screen.writeOutput(`${this.#screen.mask(line)}\n`);
  }

  #tick(): void {
    const bar = this.#screen.progress === "bar";
    // One column stays free: some terminals wrap when the last one is written to.
    const width = bar ? this.#screen.columns() - 1 : 1_000;
    const lines = [...this.#active].flatMap(([repository, { step, started, progress }]) => {
      if (!bar && progress === undefined) return [];
      const elapsed = this.#screen.now() - started;
      return [progressLine({ repository, step, elapsed, progress }, width)];
    });
    const text = this.#screen.mask(lines.map((line) => `${line}\n`).join(""));
    if (bar) {
      this.#erase();
      this.#painted = lines.length;
    }
    if (text !== "") this.#screen.write(text);
  }

  #erase(): void {
    if (this.#painted > 0) this.#screen.write(`\x1b[${this.#painted}A\x1b[0J`);
    this.#painted = 0;
  }

  #column(repository: string): string {
    const width = Math.max(...this.#labels.map((label) => label.length), repository.length);
    return repository.padEnd(width);
  }

  #verdict(verdict: Verdict, text: string): string {
    const colour = verdict === "failed" ? "red" : verdict === "warning" ? "yellow" : "green";
    const [word = "", ...rest] = text.split(" ");
    return [this.#paint(colour, word), ...rest].join(" ");
  }

  #paint(style: "bold" | "dim" | "red" | "yellow" | "green", text: string): string {
    return this.#screen.colour ? styleText(style, text, { validateStream: false }) : text;
  }
}
