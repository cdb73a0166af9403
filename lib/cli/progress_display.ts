import type { Progress } from "../backup/events.ts";
import { progressReport } from "../report/terminal/progress_json.ts";
import { progressLine, type RepositoryProgress } from "../report/terminal/progress_lines.ts";
import type { Masker } from "../text/secret.ts";
import type { CliContext } from "./context.ts";
import { canRepaint, terminalSize } from "./terminal.ts";

/** The values of `--progress`. */
export type ProgressFlag = "auto" | "bar" | "plain" | "json" | "none";

/** How far each repository is. */
type State = Omit<RepositoryProgress, "elapsed">;

/** How often a line on a terminal is repainted, in milliseconds. */
const PAINT_INTERVAL = 200;
/** How often a plain line says how far it is, in milliseconds. */
const PLAIN_INTERVAL = 30_000;

/** Shows how far something is that is done with a few repositories. */
export class ProgressDisplay implements Disposable {
  readonly #context: CliContext;
  readonly #style: "bar" | "plain" | "json" | "none";
  readonly #mask: Masker;
  readonly #states = new Map<string, State>();
  readonly #started = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  #painted = 0;

  constructor(context: CliContext, flag: ProgressFlag, mask: Masker) {
    this.#context = context;
    this.#mask = mask;
    this.#style = flag !== "auto" ? flag : canRepaint(context) ? "bar" : "none";
  }

  /** Takes how far a repository is. */
  show(state: State): void {
    this.#states.set(state.repository, state);
    if (this.#style === "json") this.#writeJson(state);
    if (this.#style !== "bar" && this.#style !== "plain") return;
    const interval = this.#style === "bar" ? PAINT_INTERVAL : PLAIN_INTERVAL;
    this.#timer ??= setInterval(() => this.#paintOrStop(), interval);
  }

  /** Takes the lines away that are on the terminal, until the next ones come. */
  clear(): void {
    this.#erase();
    this.#states.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Lets something else be written. */
  aside(write: () => void): void {
    this.#erase();
    write();
  }

  /** Takes the lines away, if that can be. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    try {
      this.clear();
    } catch {
      // The caller reports the outcome, or why it is unknown.
    }
  }

  /** A display that can't be written is no reason to end what it shows. */
  #paintOrStop(): void {
    try {
      this.#paint();
    } catch {
      clearInterval(this.#timer);
      this.#painted = 0;
    }
  }

  #paint(): void {
    const bar = this.#style === "bar";
    const width = bar ? terminalSize().columns - 1 : 1_000;
    const elapsed = performance.now() - this.#started;
    const lines = [...this.#states.values()].map((state) =>
      progressLine({ ...state, elapsed }, width)
    );
    this.#erase();
    if (bar) this.#painted = lines.length;
    this.#context.tell(this.#mask(lines.map((line) => `${line}\n`).join("")));
  }

  #erase(): void {
    if (this.#painted > 0) this.#context.tell(`\x1b[${this.#painted}A\x1b[0J`);
    this.#painted = 0;
  }

  #writeJson(state: State): void {
    const progress = state.progress === undefined ? undefined : this.#masked(state.progress);
    const report = progressReport({ ...state, elapsed: 0, progress });
    if (report !== undefined) this.#context.print(`${JSON.stringify(report)}\n`);
  }

  /** In texts only: whatever else a passphrase is part of must stay as it is. */
  #masked(progress: Progress): Progress {
    return progress.kind === "create"
      ? { ...progress, path: this.#mask(progress.path) }
      : { ...progress, message: this.#mask(progress.message) };
  }
}
