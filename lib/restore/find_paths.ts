/** Finds a path in many archives and tells its versions apart. @module */
import type { Entry, Include } from "../borg/entries.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { UsageError } from "../errors.ts";
import { type Access, queryEntries } from "../borg/borg_queries.ts";
import { type ListedArchive, newestFirst } from "./archive_index.ts";
import { pythonPattern } from "../text/glob.ts";
import type { OnFailure } from "./fallback.ts";
import { parsePathSelector } from "./path_selector.ts";

/** An entry that was found. */
interface Found {
  readonly entry: Entry;
  readonly archive: ListedArchive;
}

/** What is looked for, and where. */
interface FindRequest {
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
  readonly includes: readonly Include[];
  /** Whether every file that is found is read for its SHA-256. */
  readonly content: boolean;
}

interface FindListener {
  readonly onFound: (found: Found) => void;
  /** A repository could not be searched; it is not tried again. */
  readonly onFailure: OnFailure;
  readonly onProgress: (repository: BorgRepository, searched: number) => void;
}

/**
 * What Borg lists for a pattern: a name or a glob without a slash at its beginning is looked for in
 * all directories.
 *
 * @throws {UsageError} when it is empty
 */
export function findIncludes(pattern: string, workingDirectory: string): readonly Include[] {
  const { path } = parsePathSelector(pattern, workingDirectory);
  if (path === "") throw new UsageError(`Cannot look for "${pattern}": expected a name or a glob`);
  const anywhere = !/^(?:\/|\.{1,2}\/)/.test(pattern) && !path.startsWith("**/");
  return [{ kind: "pattern", pattern: pythonPattern(anywhere ? `**/${path}` : path, false) }];
}

/**
 * Searches all archives, the newest first, and returns those that no repository could search. Each is
 * searched once: its content is the same in all repositories, so they share the work.
 *
 * @throws {Stopped} when it was stopped
 */
export async function find(
  access: Access,
  request: FindRequest,
  listener: FindListener,
): Promise<readonly ListedArchive[]> {
  const waiting = [...request.archives];
  const repositories = new Set(waiting.flatMap(({ repositories }) => repositories));
  let searched = 0;
  const work = async (repository: BorgRepository): Promise<void> => {
    for (;;) {
      const index = waiting.findIndex(({ repositories }) => repositories.includes(repository));
      const [archive] = index < 0 ? [] : waiting.splice(index, 1);
      if (archive === undefined) return;
      listener.onProgress(repository, searched);
      const found: Entry[] = [];
      const answer = await queryEntries(access, {
        repository,
        archive: archive.name,
        includes: request.includes,
        hash: request.content,
        onEntry: (entry) => found.push(entry),
      });
      if (answer.kind === "failed") {
        repositories.delete(repository);
        waiting.unshift(archive);
        listener.onFailure(repository, answer.failure);
        return;
      }
      searched += 1;
      for (const entry of found) listener.onFound({ entry, archive });
    }
  };
  // A repository that failed may leave an archive that another one, which is done already, holds.
  for (let before = -1; before !== repositories.size;) {
    before = repositories.size;
    await Promise.all([...repositories].map(work));
  }
  return waiting;
}

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

  /** Adds an entry to the versions of its path. */
  add({ entry, archive }: Found): void {
    const versions = this.#paths.get(entry.path) ?? new Map();
    this.#paths.set(entry.path, versions);
    const key = identityOf(entry);
    const known = versions.get(key);
    if (known !== undefined) known.archives.push(archive);
    else versions.set(key, { entry, archives: [archive] });
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
