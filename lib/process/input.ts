/** What a program reads on its standard input. @module */

/** A text, or bytes that are made while the program reads them, such as a `ReadableStream`. */
export type ProgramInput = string | AsyncIterable<Uint8Array>;

/** Writes the input of a program, as fast as the program reads it. */
export class InputFeed {
  readonly #input: ProgramInput;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;

  /**
   * Begins to write.
   *
   * @param input is not asked for more than the program has read, but for one piece
   * @param pipe the standard input of the program
   * @param onFailed is called when the input can't be made to its end. The pipe stays open then: a
   *   program that finds the end of its input would take what it has for all of it
   */
  constructor(input: ProgramInput, pipe: WritableStream<Uint8Array>, onFailed: () => void) {
    this.#input = input;
    this.#writer = pipe.getWriter();
    this.#write().then((whole) => whole ? this.end() : onFailed(), onFailed);
  }

  /** Resolves when nothing more is written. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Closes the pipe, as soon as the program has read what is being written, and writes no more. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#writer.close().catch(ignore);
    this.#over.resolve();
  }

  /** @returns whether all was written; also when the program does not want all of it */
  async #write(): Promise<boolean> {
    const pieces = typeof this.#input === "string" ? textPieces(this.#input) : this.#input;
    try {
      for await (const piece of pieces) {
        if (this.#isOver || !await this.#writePiece(piece)) return true;
      }
      return true;
    } catch {
      // Who makes the input knows why it could not be made.
      return this.#isOver;
    }
  }

  /**
   * A program that does not read its input is free to do so. Nothing else can go wrong with a pipe,
   * and what Deno throws then differs from version to version.
   */
  async #writePiece(piece: Uint8Array): Promise<boolean> {
    try {
      await this.#writer.write(piece);
      return true;
    } catch {
      return false;
    }
  }
}

async function* textPieces(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function ignore(): void {}
