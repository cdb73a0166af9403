/** Time that several programs share. @module */

/** How much of a time is left; it is spent by what took time, so that waiting costs nothing. */
export class TimeBudget {
  /** All of it, in milliseconds. */
  readonly total: number;
  #spent = 0;

  /** @param total milliseconds */
  constructor(total: number) {
    this.total = total;
  }

  /** What is left, in milliseconds. */
  get left(): number {
    return Math.max(0, this.total - this.#spent);
  }

  /** Whether nothing of it has been spent. */
  get isWhole(): boolean {
    return this.#spent === 0;
  }

  /** Takes what a program took, in milliseconds. */
  spend(duration: number): void {
    this.#spent += duration;
  }
}
