/** Counts, while Borg lists changed files, which directories they are in. @module */
import type { BorgLine } from "../borg/log_line.ts";
import { parentOf } from "../text/path_parts.ts";

/** A directory in which many files changed, with all below it. */
export interface Contributor {
  /** An absolute path. */
  readonly path: string;
  /** Files that Borg listed as new or changed. */
  readonly files: number;
  /** Bytes that were new to the repository while Borg was there, estimated from its progress. */
  readonly newSize: number;
}

/** What is counted of a directory. */
type Count = Omit<Contributor, "path">;

const NOTHING: Count = { files: 0, newSize: 0 };
const ONE_FILE: Count = { files: 1, newSize: 0 };
/** New, modified, changed while being read. */
const CHANGED: ReadonlySet<string> = new Set(["A", "M", "C"]);

/** How many directories are counted separately; beyond that the smallest ones are counted for their parents. */
const MOST_COUNTERS = 512;
/** How many directories are named. */
const NAMED = 4;
/** A directory with a smaller share of the files is not named. */
const SMALL_SHARE = 0.1;
/** Directories are named instead of the one above them when they have this share of its files. */
const WHOLE_SHARE = 0.8;

/** Listens to `borg create` and counts in bounded memory, however many files there are. */
export class Contributors {
  #counts = new Map<string, Count>();
  /** What Borg said last of the bytes that are new. */
  #newSize = 0;

  /** One that goes on from here with what another `borg create` says. */
  copy(): Contributors {
    const copy = new Contributors();
    copy.#counts = new Map(this.#counts);
    return copy;
  }

  /** Takes a line of Borg's. */
  hear(line: BorgLine): void {
    if (line.kind === "file-status" && CHANGED.has(line.status)) {
      this.#add(parentOf(line.path), ONE_FILE);
    }
    if (line.kind === "archive-progress") {
      const newSize = Math.max(0, line.deduplicatedSize - this.#newSize);
      if (newSize > 0) this.#add(parentOf(line.path), { files: 0, newSize });
      this.#newSize = line.deduplicatedSize;
    }
  }

  /** The directories with the most files, the first one first, each as deep as it says enough. */
  get largest(): readonly Contributor[] {
    const totals = totalsOf(this.#counts);
    const small = SMALL_SHARE * (totals.get("")?.files ?? 0);
    let named = [""];
    for (let at = 0; at < named.length;) {
      const parts = partsOf(named[at] ?? "", totals, small);
      if (parts.length === 0 || named.length + parts.length - 1 > NAMED) at += 1;
      else named = named.toSpliced(at, 1, ...parts);
    }
    return named.map((path) => ({ path: `/${path}`, ...totals.get(path) ?? NOTHING }))
      .filter(({ files }) => files > 0)
      .toSorted((one, other) => other.files - one.files);
  }

  #add(directory: string, more: Count): void {
    if (this.#counts.size >= MOST_COUNTERS && !this.#counts.has(directory)) {
      this.#counts = folded(this.#counts);
    }
    add(this.#counts, directory, more);
  }
}

/** Counts small directories for those above them, until half of the counters are free. */
function folded(counts: Map<string, Count>): Map<string, Count> {
  let kept = counts;
  while (kept.size > MOST_COUNTERS / 2) {
    // Such an array is sorted much faster than the entries are.
    const sizes = Float64Array.from(kept.values(), ({ files }) => files).sort();
    const large = sizes.at(-MOST_COUNTERS / 4) ?? 0;
    const next = new Map<string, Count>();
    for (const [directory, count] of kept) {
      add(next, count.files > large ? directory : parentOf(directory), count);
    }
    kept = next;
  }
  return kept;
}

/** Counts every directory for all those above it, too. */
function totalsOf(counts: ReadonlyMap<string, Count>): Map<string, Count> {
  const totals = new Map<string, Count>();
  for (const [directory, count] of counts) {
    for (let at = directory; at !== ""; at = parentOf(at)) add(totals, at, count);
    add(totals, "", count);
  }
  return totals;
}

/** The directories in a directory that hold nearly all of its files; empty when there are none. */
function partsOf(path: string, totals: ReadonlyMap<string, Count>, small: number): string[] {
  const parts = [...totals].filter(([inner, { files }]) =>
    inner !== "" && parentOf(inner) === path && files >= small
  );
  const files = parts.reduce((sum, [, count]) => sum + count.files, 0);
  return files >= WHOLE_SHARE * (totals.get(path)?.files ?? 0) ? parts.map(([inner]) => inner) : [];
}

function add(counts: Map<string, Count>, directory: string, more: Count): void {
  const known = counts.get(directory);
  counts.set(
    directory,
    known === undefined
      ? more
      : { files: known.files + more.files, newSize: known.newSize + more.newSize },
  );
}
