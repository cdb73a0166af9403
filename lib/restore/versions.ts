/**
 * Tells the versions of what was found apart. Pure.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { type ListedArchive, newestFirst } from "./archive_index.ts";
import type { Found } from "./find_paths.ts";

/** A path and its versions. */
export interface FoundPath {
  /** Without a leading slash. */
  readonly path: string;
  /** Newest first. */
  readonly versions: readonly Version[];
}

/** A version of a path. */
export interface Version {
  /** As the newest archive has it. */
  readonly entry: Entry;
  /** The archives that hold it, newest first. */
  readonly archives: readonly ListedArchive[];
}

/** Collects what is found. */
export class VersionCollector {
  readonly #paths = new Map<string, Map<string, { entry: Entry; archives: ListedArchive[] }>>();
  #count = 0;

  /** How many versions there are. */
  get count(): number {
    return this.#count;
  }

  /** Takes something that was found. */
  add({ entry, archive }: Found): void {
    const versions = this.#paths.get(entry.path) ?? new Map();
    this.#paths.set(entry.path, versions);
    const key = identityOf(entry);
    const known = versions.get(key);
    if (known !== undefined) known.archives.push(archive);
    else {
      versions.set(key, { entry, archives: [archive] });
      this.#count += 1;
    }
  }

  /** Everything that was found, by path. */
  get paths(): FoundPath[] {
    return [...this.#paths].toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
      .map(([path, versions]) => ({
        path,
        versions: [...versions.values()]
          .map(({ entry, archives }) => ({ entry, archives: archives.toSorted(newestFirst) }))
          .sort(byNewestArchive),
      }));
  }
}

function byNewestArchive(a: Version, b: Version): number {
  const [first] = a.archives;
  const [second] = b.archives;
  return first === undefined || second === undefined ? 0 : newestFirst(first, second);
}

/** What makes a version: the content if it is known, else size and time, which is a good guess. */
function identityOf({ type, size, modified, sha256, target }: Entry): string {
  if (type === "directory") return type;
  if (type === "symlink") return `${type} ${target}`;
  return sha256 === undefined
    ? `${type} ${size} ${modified.getTime()} ${target}`
    : `${type} ${sha256}`;
}
