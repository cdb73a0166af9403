/** Builds the preview of a restore while Borg lists the archive. @module */
import type { Entry, Include } from "../borg/entries.ts";
import { exactPattern } from "../borg/patterns.ts";
import { AppError } from "../errors.ts";
import { ownCommand } from "../text/own_command.ts";
import { canonicalPath, EntryGuard } from "./entry_guard.ts";
import { parentsOf, type PathSelection, type PathSelector } from "./path_selector.ts";
import { humanCount } from "../text/units.ts";

/** How much is restored. */
export interface Amount {
  /** Files and whatever else is no directory. */
  files: number;
  directories: number;
  /** Bytes of the files. */
  size: number;
}

/** What would be restored. */
export interface Preview {
  /** What Borg extracts besides what the patterns say. */
  readonly includes: readonly Include[];
  /** Patterns for Borg's standard input. */
  readonly patterns: string;
  readonly amount: Amount;
  /** What is not in the archive. */
  readonly missing: readonly PathSelector[];
  readonly skipped: readonly Skipped[];
}

/** What is heard during a preview. */
export interface PreviewListener {
  /** Hears every entry that is selected and may be restored. */
  readonly onEntry: (entry: Entry) => void;
  /** What a restore must know besides; nothing is skipped without it, as in a list. */
  readonly restore?: {
    /** Whether the restore has to make this directory. */
    readonly isMissing: (path: string) => boolean;
    /** Whether it does not matter that other users change directories meanwhile. */
    readonly isShared: boolean;
  };
}

/** An entry that must not be extracted. */
interface Skipped {
  /** As the archive has it. */
  readonly path: string;
  readonly why: string;
}

/** The most entries that are kept from Borg one by one; an honest archive has none. */
const MOST_SKIPPED = 100_000;
/** The same for names that need a regular expression: Borg tries each of them with each entry. */
const MOST_ODDLY_NAMED = 1_000;

/** Takes what Borg lists, and builds the preview from it. */
export class PreviewBuilder {
  readonly #selection: PathSelection;
  readonly #listener: PreviewListener;
  readonly #many: boolean;
  readonly #sought: Set<PathSelector>;
  readonly #guard: EntryGuard;
  readonly #amount: Amount = { files: 0, directories: 0, size: 0 };
  /** By path: Borg leaves out all entries of one path or none. */
  readonly #skipped = new Map<string, string>();
  #oddlyNamed = 0;
  /** The paths of all that is selected, when Borg must be told each of them. */
  readonly #selected: string[] = [];
  /** What globs select: the directories above it are known only later. */
  readonly #matched: Entry[] = [];
  /** Entries for the target itself, which keeps its owner and mode: Borg must exclude them. */
  readonly kept: string[] = [];
  /** Directories above what globs select. */
  readonly #above = new Set<string>();
  readonly #selectedDirectories = new Set<string>();
  /** Directories of the archive that a restore has to make, though they are not selected. */
  readonly #parents = new Set<string>();
  /** What the archive has as something else, too. */
  readonly #notParents = new Set<string>();
  /** Whether everything is selected. */
  readonly everything: boolean;

  /** @param many whether Borg must be told each path that is selected */
  constructor(
    selection: PathSelection,
    selectors: readonly PathSelector[],
    listener: PreviewListener,
    many: boolean,
  ) {
    this.#selection = selection;
    this.#many = many;
    this.#listener = listener;
    this.#sought = new Set(selectors);
    this.#guard = new EntryGuard(listener.restore?.isShared ?? true);
    this.everything = selectors.length === 0 || selectors.some(({ path }) => path === "");
  }

  /** Adds an entry, in the order of the archive. */
  add(entry: Entry): void {
    const isUsed = !this.everything || this.#sought.size > 0;
    const selectors = isUsed ? this.#selection.selectorsOf(entry) : [];
    if (!this.everything && selectors.length === 0) return this.#addOther(entry);
    for (const selector of selectors) this.#sought.delete(selector);
    if (this.#listener.restore !== undefined) {
      if (entry.type === "directory" && canonicalPath(entry.path) === "") {
        this.kept.push(entry.path);
        return;
      }
      const why = this.#guard.judge(entry);
      if (why !== undefined) return this.#skip(entry, why);
    }
    if (entry.type === "directory") this.#amount.directories += 1;
    else this.#amount.files += 1;
    this.#amount.size += entry.size;
    if (this.#many && !this.everything) this.#selected.push(entry.path);
    if (this.#selection.hasGlobs && !this.everything) this.#matched.push(entry);
    this.#noteParents(entry);
    this.#listener.onEntry(entry);
  }

  /** What must be listed besides: parents of what globs select, and the content of hard links. */
  unknown(): readonly string[] {
    const { restore } = this.#listener;
    if (restore === undefined) return [];
    const parents = [...this.#above].filter((path) =>
      !this.#selectedDirectories.has(path) && !this.#parents.has(path) && restore.isMissing(path)
    );
    const contents = this.everything ? [] : this.#guard.unresolved.map(({ target }) => target);
    return [...new Set([...parents, ...contents])];
  }

  /** Adds an entry that was {@linkcode unknown}. */
  addUnknown(entry: Entry): void {
    this.#guard.knowContent(entry);
    if (!this.#above.has(entry.path)) return;
    for (const { entry: below, why } of this.#guard.judgeParent(entry, this.#matched)) {
      this.#giveUp(below, why);
    }
    this.#addParent(entry, entry.type === "directory");
  }

  /** Finishes the preview, besides what Borg is told. */
  finish(): Pick<Preview, "amount" | "missing" | "skipped"> {
    const unresolved = this.#listener.restore === undefined ? [] : this.#guard.unresolved;
    for (const { entry } of unresolved) {
      const target = JSON.stringify(entry.target);
      const why = `it is a hard link to ${target}, which is not a file before it`;
      if (!this.#skipped.has(entry.path)) this.#amount.files -= 1;
      this.#skip(entry, why);
    }
    const skipped = [...this.#skipped].map(([path, why]) => ({ path, why }));
    return { amount: this.#amount, missing: [...this.#sought], skipped };
  }

  /** What Borg must be told to include. */
  *include(): Generator<string> {
    const { restore } = this.#listener;
    for (const path of this.#parents) {
      if (restore?.isMissing(path) === true && !this.#skipped.has(path)) yield path;
    }
    for (const path of this.#selected) if (!this.#skipped.has(path)) yield path;
  }

  #addOther(entry: Entry): void {
    if (this.#selection.parents.has(entry.path)) {
      const isAllowed = this.#guard.judge(entry) === undefined;
      this.#addParent(entry, isAllowed && entry.type === "directory");
    } else if (this.#many) this.#guard.knowContent(entry);
  }

  /**
   * A parent that is no directory keeps what lies below it from being restored. Of several entries with
   * one path Borg extracts all: a link must not come along.
   */
  #addParent({ path }: Entry, isDirectory: boolean): void {
    if (!isDirectory) this.#notParents.add(path);
    if (this.#notParents.has(path)) this.#parents.delete(path);
    else this.#parents.add(path);
  }

  /** Skips an entry that had been allowed. */
  #giveUp(entry: Entry, why: string): void {
    if (this.#skipped.has(entry.path)) return;
    if (entry.type === "directory") this.#amount.directories -= 1;
    else this.#amount.files -= 1;
    this.#amount.size -= entry.size;
    this.#skip(entry, why);
  }

  #noteParents(entry: Entry): void {
    if (!this.#selection.hasGlobs || this.everything) return;
    if (entry.type === "directory") this.#selectedDirectories.add(entry.path);
    const path = canonicalPath(entry.path) ?? "";
    for (const parent of parentsOf(path)) {
      if (this.#above.has(parent)) return;
      this.#above.add(parent);
    }
  }

  #skip(entry: Entry, why: string): void {
    if (this.#skipped.has(entry.path)) return;
    this.#skipped.set(entry.path, why);
    if (exactPattern(entry.path).startsWith("re:")) this.#oddlyNamed += 1;
    if (this.#skipped.size <= MOST_SKIPPED && this.#oddlyNamed <= MOST_ODDLY_NAMED) return;
    throw new AppError(
      `Cannot restore: ${humanCount(this.#skipped.size)} entries of the archive and ` +
        "more would be written outside of the directory",
      {
        hint: "Nothing was written. This shows what is in the archive: " +
          ownCommand("list", "ARCHIVE"),
      },
    );
  }
}
