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
