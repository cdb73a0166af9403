/** One of several readers of a stream. @module */
import { RateWatch } from "./rate_watch.ts";

/** What a tee is made for. */
export interface TeeOptions {
  /** Bytes a second below which a branch is cut off; 0: never. */
  readonly minRate: number;
  /** Hears how many bytes went through so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Milliseconds since some moment; another clock only in tests. */
  readonly now?: () => number;
}

/**
 * The bytes as one repository gets them: each piece is there until the next one is asked for. Only the one
 * who asked last gets them.
 */
export class TeeBranch implements AsyncIterable<Uint8Array> {
  readonly #cut = new AbortController();
  readonly #watch: RateWatch;
  readonly #now: () => number;
  #reader: object | undefined;
  #wanting: ((result: IteratorResult<Uint8Array, undefined>) => void) | undefined;
  #offer: { readonly piece: Uint8Array; readonly since: number; done(): void } | undefined;
  #isHanded = false;
  #hasBegun = false;
  #isOver = false;
  #isSlow = false;
  #hasLeft = false;

  constructor({ minRate, now = () => performance.now() }: TeeOptions) {
    this.#watch = new RateWatch(minRate);
    this.#now = now;
  }

  /** Aborts when the reader must give up what it has: before it can see an end. */
  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  /** Whether it was cut off because it was too slow. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Whether it still takes part. */
  get isOpen(): boolean {
    return !this.#hasLeft && !this.#cut.signal.aborted;
  }

  /** The reader is busy with something else than reading, and says so: it is not slow. */
  excuse(): void {
    this.#watch.restart();
    if (this.#offer !== undefined) this.#offer = { ...this.#offer, since: this.#now() };
  }

  /** The reader is gone. */
  leave(): void {
    this.#hasLeft = true;
    this.#settle();
    this.#wanting?.({ done: true, value: undefined });
    this.#wanting = undefined;
  }

  /** Lets the reader see the end. */
  end(): void {
    this.#isOver = true;
    this.#wanting?.({ done: true, value: undefined });
    this.#wanting = undefined;
  }

  /** Makes the reader give up. */
  cut(): void {
    this.#cut.abort();
    this.#settle();
  }

  /** Cuts the branch off if it has been too slow for too long. */
  look(): void {
    if (this.#offer === undefined || !this.isOpen) return;
    if (!this.#watch.isTooSlow(this.#now() - this.#offer.since)) return;
    this.#isSlow = true;
    this.cut();
  }

  /** Hands out a piece; resolves when it was taken, or when nobody takes it any more. */
  async give(piece: Uint8Array): Promise<void> {
    if (!this.isOpen) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#isHanded = false;
    this.#offer = { piece, since: this.#now(), done: resolve };
    this.#hand();
    await promise;
  }

  /** Gives the pieces to one more reader; the one before gets nothing any more. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    const reader = {};
    // What the one before has got is lost: one more would make half a dump of it.
    if (this.#hasBegun) this.cut();
    this.#reader = reader;
    this.#wanting?.({ done: true, value: undefined });
    this.#wanting = undefined;
    return {
      next: () => {
        const { promise, resolve } = Promise.withResolvers<
          IteratorResult<Uint8Array, undefined>
        >();
        if (this.#reader !== reader || this.#isOver || this.#hasLeft) {
          resolve({ done: true, value: undefined });
          return promise;
        }
        // Who asks for the next piece has written the one before.
        if (this.#isHanded) this.#settle();
        this.#wanting = resolve;
        this.#hand();
        return promise;
      },
      return: () => {
        if (this.#reader === reader) this.leave();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #hand(): void {
    if (this.#offer === undefined || this.#isHanded || this.#wanting === undefined) return;
    const wanting = this.#wanting;
    this.#wanting = undefined;
    this.#isHanded = true;
    this.#hasBegun = true;
    wanting({ done: false, value: this.#offer.piece });
  }

  #settle(): void {
    const offer = this.#offer;
    if (offer === undefined) return;
    this.#offer = undefined;
    this.#watch.took(offer.piece.length, this.#now() - offer.since);
    offer.done();
  }
}
