/**
 * Writes to a terminal, a pipe or a file that may go away or stop taking anything in the middle of a
 * run: it never throws and never waits, and tells afterwards that something was lost.
 * @module
 */
import type { Problem } from "../backup/outcome.ts";
import { reasonOf } from "../errors.ts";
import { withoutUnseen } from "../text/printable.ts";

/** Where it writes to. */
export interface OutputStream {
  write(bytes: Uint8Array): Promise<number>;
}

/** How many bytes wait at most for a reader that takes nothing, such as a stopped `less`. */
const LARGEST_QUEUE = 1_048_576;

/** How long the end of a run waits for what has not been taken yet, in milliseconds. */
const TIMEOUT = 2_000;

/** Something that is written to and may go away. */
export class SteadyTerminal {
  readonly #stream: OutputStream;
  readonly #name: string;
  readonly #encoder = new TextEncoder();
  /** Hears of it, once, when it goes away. */
  onLost: (problem: Problem) => void = () => {};
  #queue: Uint8Array[] = [];
  #waiting = 0;
  #writing: Promise<void> | undefined;
  #lost: string | undefined;

  /** @param name what it is, for the message: "standard error" */
  constructor(stream: OutputStream, name: string) {
    this.#stream = stream;
    this.#name = name;
  }

  /** Writes a text, or drops it when the reader has gone away or takes nothing. */
  readonly write = (text: string): void => {
    if (text === "" || this.#lost !== undefined) return;
    const bytes = this.#encoder.encode(withoutUnseen(text));
    if (this.#waiting + bytes.length > LARGEST_QUEUE) {
      this.lose("nothing reads from it");
      return;
    }
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    this.#writing ??= this.#empty();
  };

  /** Says that it is gone, and why, as the end of a sentence; nothing more is written. */
  lose(reason: string): void {
    this.#queue = [];
    this.#waiting = 0;
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    for (const problem of this.problems) this.onLost(problem);
  }

  /** What a person should know: that the run went on without it. */
  get problems(): readonly Problem[] {
    if (this.#lost === undefined) return [];
    const message = `The run continued without ${this.#name}: ${this.#lost}`;
    return [{ severity: "warning", message, hint: "The log of this run has the complete output" }];
  }

  /** Waits a moment for what has not been written yet. */
  async flush(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.lose("nothing reads from it");
        resolve();
      }, TIMEOUT);
    });
    // What is written meanwhile belongs to it.
    while (this.#writing !== undefined && this.#lost === undefined) {
      await Promise.race([this.#writing, late]);
    }
    clearTimeout(timer);
  }

  async #empty(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        for (let at = 0; at < next.length;) at += await this.#stream.write(next.subarray(at));
        this.#waiting -= next.length;
      }
    } catch (error) {
      // Deno says "No space left on device (os error 28)".
      const [reason = ""] = reasonOf(error).split(" (os error ");
      this.lose(reason.charAt(0).toLowerCase() + reason.slice(1));
    }
    this.#writing = undefined;
  }
}
