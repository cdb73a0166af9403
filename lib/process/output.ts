/** What becomes of a program's output, whatever it prints and whatever its listeners do. @module */

/** Standard output that is kept as text may have this many characters; more is an error. */
const LARGEST_STDOUT = 64 * 1_048_576;

/** Standard output that is kept, up to {@linkcode LARGEST_STDOUT}; more stops the program. */
export class KeptText {
  readonly #pieces: string[] = [];
  readonly #spoiled: AbortController;
  #size = 0;

  /** @param spoiled is aborted when there is more than is kept */
  constructor(spoiled: AbortController) {
    this.#spoiled = spoiled;
  }

  /** Takes a piece. */
  push(piece: string): void {
    this.#size += piece.length;
    if (this.#size <= LARGEST_STDOUT) this.#pieces.push(piece);
    else this.#spoiled.abort();
  }

  /** What was printed, but for a line break at its end. */
  get text(): string {
    return this.#pieces.join("").replace(/\n$/, "");
  }
}

/** Calls listeners so that what they throw does not stop the reading, but the program. */
export class Listeners {
  readonly #spoiled: AbortController;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  /** @param spoiled is aborted when a listener throws */
  constructor(spoiled: AbortController) {
    this.#spoiled = spoiled;
  }

  /** Makes a listener that never throws, and that hears nothing any more after the end. */
  guard(listener: (line: string) => void): (line: string) => void {
    return (line) => {
      if (this.#closed || this.#failure !== undefined) return;
      try {
        listener(line);
      } catch (error) {
        this.#failure = { error };
        this.#spoiled.abort();
      }
    };
  }

  /** Ends the listening; throws what the first failing listener threw. */
  close(): void {
    this.#closed = true;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** The last lines of a program's output, kept for the error message, whatever the program prints. */
export class Tail {
  readonly #limit: number;
  #lines: string[] = [];
  #characters = 0;

  /** @param limit how many characters are kept at the most; longer lines are cut */
  constructor(limit = 16_384) {
    this.#limit = limit;
  }

  /** Takes one more line and forgets the oldest ones that no longer fit. */
  push(line: string): void {
    // The line break counts too: a program may print nothing else.
    const kept = line.slice(0, this.#limit - 1);
    this.#lines.push(kept);
    this.#characters += kept.length + 1;
    while (this.#characters > this.#limit) {
      const oldest = this.#lines.shift();
      if (oldest === undefined) break;
      this.#characters -= oldest.length + 1;
    }
  }

  /** The lines that are still known, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The lines that are still known as one text. */
  get text(): string {
    return this.#lines.join("\n");
  }
}
