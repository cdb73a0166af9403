import type { RunEvent } from "../backup/events.ts";
import type { Problem } from "../backup/outcome.ts";

/** Hears everything that happens in a run and reports it. A reporter that fails is itself
 * reported; it never changes what became of the backup.
 */
export interface Reporter {
  /** What it is, for the message when it fails: "log file". */
  readonly name: string;
  /** What it could not do, although it goes on; asked before each report and at the end. */
  readonly problem?: Problem | undefined;
  handle(event: RunEvent): void;
  /** Ends the work; nothing is handed over any more. */
  close(): void | Promise<void>;
}

/** Hands events to several reporters and keeps the failures of one from the others. */
export class Reporters {
  readonly #all: readonly Reporter[];
  readonly #working: Set<Reporter>;
  readonly #problems: Problem[] = [];

  constructor(reporters: readonly Reporter[]) {
    this.#all = reporters;
    this.#working = new Set(reporters);
  }

  readonly emit = (event: RunEvent): void => {
    for (const reporter of this.#working) {
      try {
        reporter.handle(event);
      } catch (error) {
        this.#giveUp(reporter, error);
      }
    }
  };

  /** Reporters that failed so far and hear nothing any more, and what the others could not do. */
  get problems(): readonly Problem[] {
    return [...this.#problems, ...this.#all.flatMap(({ problem }) => problem ?? [])];
  }

  async close(): Promise<void> {
    for (const reporter of this.#working) {
      try {
        await reporter.close();
      } catch (error) {
        this.#giveUp(reporter, error);
      }
    }
  }

  #giveUp(reporter: Reporter, error: unknown): void {
    this.#working.delete(reporter);
    const reason = error instanceof Error ? error.message : String(error);
    this.#problems.push({ severity: "warning", message: `The ${reporter.name} failed: ${reason}` });
  }
}
