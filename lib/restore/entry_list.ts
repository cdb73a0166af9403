/** Entries of an archive for people and for programs. @module */
import type { Entry } from "../borg/entries.ts";
import { localTime } from "../text/local_time.ts";
import { printableLine } from "../text/printable.ts";
import { maskedJson, type Masker } from "../text/secret.ts";

/** Writes an entry as `ls -l` does, without a line break. */
export function entryLine(entry: Entry): string {
  const { mode, user, group, size, modified, path, target, type } = entry;
  const link = type === "symlink" ? ` -> ${target}` : type === "hardlink" ? ` = /${target}` : "";
  const damaged = entry.healthy ? "" : "  (damaged: parts are lost and were replaced by zeros)";
  const columns = [
    mode,
    user.padEnd(8),
    group.padEnd(8),
    String(size).padStart(12),
    localTime(modified),
    `/${path}${link}`,
  ];
  return printableLine(columns.join(" ")) + damaged;
}

/** An entry as programs read it. Times are ISO 8601 in UTC. */
export interface EntryReport extends Pick<Entry, "type" | "mode" | "user" | "group" | "healthy"> {
  /** With a leading slash. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: string;
  /** Where a link leads; `null` for everything else. */
  readonly target: string | null;
}

/** Reports an entry to programs. */
export function entryReport(entry: Entry): EntryReport {
  const { type, mode, user, group, size, modified, target, healthy } = entry;
  return {
    path: `/${entry.path}`,
    type,
    mode,
    user,
    group,
    bytes: size,
    modifiedAt: modified.toISOString(),
    target: target === "" ? null : target,
    healthy,
  };
}

/**
 * Writes the answer of `list ARCHIVE --json`, one entry a line, while Borg lists: an archive may have
 * millions of entries.
 */
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
   * Writes the end, so that it is JSON whether all entries are there or not; nothing when the listing
   * failed before the first entry.
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
