import type { Emit, RunEvent } from "../events.ts";

/**
 * Holds back what sounds like an error until it is known whether the optional repository is merely
 * absent: then nothing went wrong, and no line of the log may say so.
 */
export class HeldErrors {
  readonly #emit: Emit;
  readonly #held: RunEvent[] = [];

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Takes every event of the step. */
  readonly emit: Emit = (event) => {
    if (isError(event)) this.#held.push(event);
    else this.#emit(event);
  };

  /** Hands on what was held back. */
  release(isProblem: boolean): void {
    for (const event of this.#held) this.#emit(isProblem ? event : softened(event));
    this.#held.length = 0;
  }
}

function isError(event: RunEvent): boolean {
  if (event.type === "output") return event.level === "error";
  return event.type === "command-finished" && !event.succeeded;
}

function softened(event: RunEvent): RunEvent {
  if (event.type === "output") return { ...event, level: "info" };
  return event.type === "command-finished" ? { ...event, expected: true } : event;
}
