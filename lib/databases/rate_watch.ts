/**
 * Tells who holds all others up: a stream that is read by several is as slow as the slowest.
 *
 * Only the time counts in which a reader was waited for, so that a slow producer makes nobody slow, and
 * it counts over minutes: Borg stands still while it writes a checkpoint.
 *
 * @module
 */

/** Over how much time of waiting the rate is taken, in milliseconds. */
export const RATE_WINDOW = 5 * 60_000;

/** Watches one reader. */
export class RateWatch {
  readonly #minRate: number;
  #bytes = 0;
  #waited = 0;
  #isSlow = false;

  /** @param minRate bytes a second; 0: none is too slow */
  constructor(minRate: number) {
    this.#minRate = minRate;
  }

  /** The reader took so many bytes, for which it was waited for so many milliseconds. */
  took(bytes: number, waited: number): void {
    this.#bytes += bytes;
    this.#waited += waited;
    if (this.#waited < RATE_WINDOW) return;
    this.#isSlow ||= this.#isBelow(this.#waited);
    this.restart();
  }

  /**
   * Whether the reader is too slow.
   *
   * @param waiting for how long it has been waited for now, in milliseconds
   */
  isTooSlow(waiting: number): boolean {
    // What it took before it stood still must not make up for that.
    const isStill = this.#minRate > 0 && waiting >= RATE_WINDOW;
    const time = this.#waited + waiting;
    return this.#isSlow || isStill || time >= RATE_WINDOW && this.#isBelow(time);
  }

  /** Begins anew. */
  restart(): void {
    this.#bytes = 0;
    this.#waited = 0;
  }

  #isBelow(time: number): boolean {
    return this.#bytes / (time / 1_000) < this.#minRate;
  }
}
