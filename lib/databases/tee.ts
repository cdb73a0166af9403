/**
 * One stream into several repositories: as fast as the slowest of them takes it, with no more in memory
 * than a few pieces, and without those that fail or are too slow.
 *
 * No branch ever sees an end of its own accord. Borg would make an archive of what it has when its input
 * ends, so that comes only when somebody else has said that the stream was whole.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { RateWatch } from "./rate_watch.ts";

/** What went through. */
export interface TeeResult {
  /** Bytes. */
  readonly size: number;
  /** Of all bytes, as hexadecimal digits. */
  readonly sha256: string;
}

/** What a tee is made for. */
interface TeeOptions {
  /** Bytes a second below which a branch is cut off; 0: never. */
  readonly minRate: number;
  /** Hears how many bytes went through so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Milliseconds since some moment; another clock only in tests. */
  readonly now?: () => number;
}

/** How often it is looked whether a branch is too slow, in milliseconds. */
const LOOKS = 1_000;

/** The bytes as one repository gets them. Only the one who asked last gets them. */
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

/** One stream into several branches. */
export class Tee {
  readonly #branches: readonly TeeBranch[];
  readonly #options: TeeOptions;

  /** @param count how many branches there are */
  constructor(count: number, options: TeeOptions) {
    this.#options = options;
    this.#branches = Array.from({ length: count }, () => new TeeBranch(options));
  }

  get branches(): readonly TeeBranch[] {
    return this.#branches;
  }

  /**
   * Passes the whole stream through, as fast as the slowest branch takes it.
   *
   * @param signal ends it early; the branches stay as they are
   * @returns what went through; `undefined` when nobody takes it any more, or the signal aborted
   * @throws what reading the stream threw
   */
  async pass(
    stream: ReadableStream<Uint8Array>,
    signal: AbortSignal,
  ): Promise<TeeResult | undefined> {
    const { onProgress } = this.#options;
    const hash = createHash("sha256");
    let size = 0;
    const reader = stream.getReader();
    // Also a read that waits for a producer which never says anything ends with this.
    const onAbort = () => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", onAbort, { once: true });
    const isAlive = () => !signal.aborted && this.#branches.some(({ isOpen }) => isOpen);
    const look = setInterval(() => {
      for (const branch of this.#branches) branch.look();
      if (!isAlive()) onAbort();
    }, LOOKS);
    try {
      // The next piece is read while the one before is written.
      let next = reader.read();
      while (isAlive()) {
        const { done, value } = await next;
        if (!isAlive()) return undefined;
        if (done) return { size, sha256: hash.digest("hex") };
        next = reader.read();
        next.catch(() => {});
        size += value.length;
        hash.update(value);
        await this.#give(value, signal);
        onProgress?.(size);
      }
      return undefined;
    } finally {
      clearInterval(look);
      signal.removeEventListener("abort", onAbort);
      await reader.cancel().catch(() => {});
      reader.releaseLock();
    }
  }

  /** Lets all branches that are left see the end: the stream was whole. */
  end(): void {
    for (const branch of this.#branches) branch.end();
  }

  /** Makes the readers of all branches give up what they have. */
  cut(): void {
    for (const branch of this.#branches) branch.cut();
  }

  async #give(piece: Uint8Array, signal: AbortSignal): Promise<void> {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const onAbort = () => resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const given = Promise.all(this.#branches.map((branch) => branch.give(piece)));
      await Promise.race([given, aborted]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
