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
import { TeeBranch, type TeeOptions } from "./tee_branch.ts";

/** What went through. */
export interface TeeResult {
  /** Bytes. */
  readonly size: number;
  /** Of all bytes, as hexadecimal digits. */
  readonly sha256: string;
}

/** How often it is looked whether a branch is too slow, in milliseconds. */
const LOOKS = 1_000;

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
        if (isAlive()) this.#free(value);
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

  /**
   * Gives the memory of a piece back at once, which the garbage collector does later: a fast stream would
   * take tens of MiB meanwhile. Not while a reader that was cut off may still write it.
   */
  #free({ buffer }: Uint8Array): void {
    if (this.#branches.some(({ signal }) => signal.aborted)) return;
    if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
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
