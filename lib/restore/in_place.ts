/** What a restore in place would change: shown before anything is overwritten. @module */
import type { Entry } from "../borg/entries.ts";
import { localTime } from "../text/local_time.ts";
import { printableLine } from "../text/printable.ts";
import { humanSize } from "../text/units.ts";
import { canonicalPath } from "./entry_guard.ts";

/** How many changes are named. */
const NAMED = 20;

/** Compares what would be restored with what is there. */
export class ChangeSearch {
  #replaced = 0;
  #created = 0;
  #alike = 0;
  readonly #named: string[] = [];
  readonly #target: string;

  /** @param target the directory that is restored to */
  constructor(target: string) {
    this.#target = target === "/" ? "" : target;
  }

  /** Compares an entry; directories that exist keep what is in them. */
  consider(entry: Entry): void {
    const below = canonicalPath(entry.path) ?? "";
    if (below === "") return;
    const path = `${this.#target}/${below}`;
    const there = statusOf(path);
    if (there === undefined) {
      this.#created += 1;
      return this.#name(`create  ${path}`);
    }
    if (entry.type === "directory" && there.isDirectory) return;
    if (isAlike(entry, there, path)) {
      this.#alike += 1;
      return;
    }
    this.#replaced += 1;
    const size = there.isFile ? humanSize(there.size) : "not a file";
    const now = `${size}, ${localTime(there.mtime ?? 0)}`;
    const then = entry.type === "file" ? humanSize(entry.size) : entry.type;
    this.#name(`replace ${path} (${now}) with ${then}, ${localTime(entry.modified)}`);
  }

  /** The changes, as lines for people. */
  lines(): readonly string[] {
    const count = this.#replaced + this.#created;
    const more = count - this.#named.length;
    return [
      ...this.#named.map((line) => `  ${printableLine(line)}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      `in place: ${this.#replaced} to replace, ${this.#created} to create, ${this.#alike} that look ` +
      "the same; what the archive does not have stays",
    ];
  }

  #name(line: string): void {
    if (this.#named.length < NAMED) this.#named.push(line);
  }
}

/** Whether a path has what would be restored, as far as can be told without reading it. */
function isAlike({ type, size, modified, target }: Entry, there: Deno.FileInfo, path: string) {
  switch (type) {
    case "file":
      return there.isFile && there.size === size && seconds(there.mtime) === seconds(modified);
    case "hardlink":
      return there.isFile && seconds(there.mtime) === seconds(modified);
    case "symlink":
      return there.isSymlink && Deno.readLinkSync(path) === target;
    default:
      return false;
  }
}

function seconds(time: Date | null): number {
  return Math.floor((time?.getTime() ?? 0) / 1000);
}

function statusOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    // What can't be looked at is found out when it is written.
    return undefined;
  }
}
