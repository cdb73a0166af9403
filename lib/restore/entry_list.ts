/**
 * What is in an archive as JSON. It is written while Borg tells it, as an archive may have millions
 * of entries.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { maskedJson, type Masker } from "../text/secret.ts";
import { entryReport } from "./entry_line.ts";

/** Writes the answer of `list ARCHIVE --json`, one entry a line. */
export class EntryList {
  readonly #archive: string;
  readonly #mask: Masker;
  readonly #print: (text: string) => void;
  #count = 0;

  constructor(archive: string, mask: Masker, print: (text: string) => void) {
    this.#archive = archive;
    this.#mask = mask;
    this.#print = print;
  }

  /** Writes an entry. */
  add(entry: Entry): void {
    this.#print(`${this.#count === 0 ? this.#head() : ",\n"}${this.#json(entryReport(entry))}`);
    this.#count += 1;
  }

  /**
   * Writes the end, so that it is JSON however it ended; nothing when it failed before the first
   * entry.
   */
  end(complete: boolean): void {
    if (this.#count === 0 && !complete) return;
    const head = this.#count === 0 ? this.#head() : "\n";
    this.#print(`${head}], "complete": ${complete}}\n`);
  }

  #head(): string {
    return `{"version": 1, "archive": ${this.#json(this.#archive)}, "entries": [\n`;
  }

  #json(value: unknown): string {
    return maskedJson(value, this.#mask);
  }
}
