import type { Emit } from "../../backup/events.ts";
import type { Problem, RunOutcome } from "../../backup/outcome.ts";
import type { OutcomeSink } from "../../backup/session.ts";
import type { Reporters } from "../reporter.ts";

/**
 * Tells the log what became of the run: what it knows already is not said twice, and the outcome is
 * its last line, whatever the sending of reports has logged since.
 */
export class OutcomeLog implements OutcomeSink {
  readonly name = "log";
  readonly #reporters: Reporters;
  readonly #known = new Set<string>();
  #last: RunOutcome | undefined;
  #isLastLine = false;

  constructor(reporters: Reporters) {
    this.#reporters = reporters;
  }

  /** Takes every event of the run. */
  readonly emit: Emit = (event) => {
    this.#isLastLine = event.type === "outcome-recorded" ||
      (event.type === "run-finished" && this.#isLastLine);
    this.#reporters.emit(event);
  };

  write(outcome: RunOutcome): readonly Problem[] {
    const added = outcome.problems.filter(({ message }) => !this.#known.has(message));
    for (const { message } of added) this.#known.add(message);
    // Written again because of another record: the log knows it already.
    if (added.length === 0 && this.#isLastLine) return this.#reporters.problems;
    this.#last = outcome;
    this.emit({ type: "outcome-recorded", outcome, added });
    return this.#reporters.problems;
  }

  /** Writes the outcome once more when it is not the last line. */
  close(): void {
    if (this.#last !== undefined && !this.#isLastLine) this.write(this.#last);
  }
}
