/**
 * Finds entries of an archive that would be written outside of the directory that is restored to.
 * Everyone who has a repository's key can make an archive with a symbolic link `p` and then a file `p/f`;
 * Borg follows the link. It follows links of hard links, and goes up where a path has "..".
 *
 * @module
 */
import type { Entry, EntryType } from "../borg/entries.ts";
import { PathSet } from "./path_set.ts";
import { RestoreOrder } from "./restore_order.ts";

/** What an entry is called in messages. */
const NAMES: Readonly<Record<EntryType, string>> = {
  file: "a file",
  directory: "a directory",
  symlink: "a symbolic link",
  hardlink: "a file",
  fifo: "a named pipe",
  block: "a block device",
  character: "a character device",
  other: "of an unknown type",
};

/** A further hard link whose content was not seen so far. */
interface Unresolved {
  readonly entry: Entry;
  /** Its target without dots and doubled slashes. */
  readonly target: string;
}

/**
 * Judges the entries of an archive in their order, which is the order in which Borg extracts them.
 *
 * Whatever is no directory and no plain file is remembered: nothing may lie below it, and nothing
 * else may follow in its place. (Borg removes what is in its way; when it can't, as in a directory
 * that is append-only, it writes through a link or into a device.)
 */
export class EntryGuard {
  readonly #special = new Map<string, EntryType>();
  readonly #contents = new PathSet();
  readonly #order: RestoreOrder | undefined;
  readonly #unresolved: Unresolved[] = [];

  /** @param shared whether other users may change the directories anyway: then the order is free */
  constructor(shared = false) {
    this.#order = shared ? undefined : new RestoreOrder();
  }

  /** Says why the next entry of the archive must not be extracted; `undefined` when it may. */
  judge(entry: Entry): string | undefined {
    const path = canonicalPath(entry.path);
    if (path === undefined) return "its path points out of the directory";
    const { type } = entry;
    if (type === "other") return "it is of an unknown type";
    if (path === "" && type !== "directory") return "it would replace the directory itself";
    if (type === "symlink" && entry.target === "") return "it is a link without a target";
    const above = this.#specialAbove(path);
    if (above !== undefined) return above;
    const former = this.#special.get(path);
    if (former !== undefined && former !== type) {
      return `the archive contains it twice, first as ${NAMES[former]} and then as ${NAMES[type]}`;
    }
    const late = this.#order?.judge(path, entry);
    if (late !== undefined) return late;
    if (isSpecial(type)) this.#special.set(path, type);
    if (entry.target !== "" && type !== "symlink" && type !== "directory") {
      return this.#judgeHardLink(entry);
    }
    if (type !== "directory" && type !== "symlink") this.#contents.add(path);
    return undefined;
  }

  /** Remembers an entry that is not extracted, whose content further hard links may share. */
  knowContent(entry: Entry): void {
    const path = canonicalPath(entry.path);
    const { type } = entry;
    if (path !== undefined && type !== "directory" && type !== "symlink" && type !== "hardlink") {
      this.#contents.add(path);
    }
  }

  /**
   * Judges a directory above entries that have been judged already.
   *
   * @returns those of them that must not be extracted, with the reason
   */
  judgeParent(
    parent: Entry,
    below: Iterable<Entry>,
  ): readonly { readonly entry: Entry; readonly why: string }[] {
    const path = canonicalPath(parent.path);
    if (path === undefined) return [];
    if (parent.type === "directory") return this.#order?.reentered(path, parent) ?? [];
    this.#special.set(path, parent.type);
    return [...below].flatMap((entry) => {
      const why = this.#specialAbove(canonicalPath(entry.path) ?? "");
      return why === undefined ? [] : [{ entry, why }];
    });
  }

  /** The further hard links whose content no entry so far has; Borg fails when there is none. */
  get unresolved(): readonly Unresolved[] {
    return this.#unresolved.filter(({ target }) => !this.#contents.has(target));
  }

  #judgeHardLink(entry: Entry): string | undefined {
    const shown = JSON.stringify(entry.target);
    const target = entry.target.startsWith("/") ? undefined : canonicalPath(entry.target);
    if (target === undefined || target === "") {
      return `it is a hard link to ${shown}, which points out of the directory`;
    }
    if (this.#specialAbove(target) !== undefined || this.#special.get(target) === "symlink") {
      return `it is a hard link to ${shown}, which is behind a symbolic link`;
    }
    if (!this.#contents.has(target)) this.#unresolved.push({ entry, target });
    return undefined;
  }

  #specialAbove(path: string): string | undefined {
    if (this.#special.size === 0) return undefined;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const parent = path.slice(0, end);
      const type = this.#special.get(parent);
      if (type === undefined) continue;
      return `it is below ${JSON.stringify(parent)}, which the archive has as ${NAMES[type]}`;
    }
    return undefined;
  }
}

/** What can lead elsewhere, or does something when it is written to. */
function isSpecial(type: EntryType): boolean {
  return type !== "file" && type !== "directory" && type !== "hardlink";
}

/**
 * Writes a path of an archive without dots and doubled slashes.
 *
 * @returns the path; empty for the directory itself, and `undefined` when it leads out of it
 */
export function canonicalPath(path: string): string | undefined {
  if (path === "" || path.startsWith("/") || path.includes("\0")) return undefined;
  // Nearly every path is as it should be, and there may be millions.
  if (!/(?:^|\/)(?:\.{0,2})(?:\/|$)/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") return undefined;
    if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
