/**
 * Looks for a path in many archives.
 *
 * @module
 */
import type { Entry, Include } from "../borg/entries.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { UsageError } from "../errors.ts";
import { type Access, queryEntries } from "../borg/borg_queries.ts";
import type { ListedArchive } from "./archive_index.ts";
import { pythonPattern } from "./glob.ts";
import type { OnFailure } from "./fallback.ts";
import { parsePathSelector } from "./path_selector.ts";

/** Something that was found. */
export interface Found {
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

/** What is heard while it goes on. */
interface FindListener {
  readonly onFound: (found: Found) => void;
  /** A repository could not tell; it is not asked again. */
  readonly onFailure: OnFailure;
  readonly onProgress: (repository: BorgRepository, searched: number) => void;
}

/**
 * What Borg is asked for. A name or a glob without a slash at its beginning is looked for in all
 * directories.
 *
 * @param workingDirectory an absolute path
 * @throws {UsageError} when it is empty
 */
export function findIncludes(pattern: string, workingDirectory: string): readonly Include[] {
  const { path } = parsePathSelector(pattern, workingDirectory);
  if (path === "") throw new UsageError(`Cannot look for "${pattern}": expected a name or a glob`);
  const anywhere = !/^(?:\/|\.{1,2}\/)/.test(pattern) && !path.startsWith("**/");
  return [{ kind: "pattern", pattern: pythonPattern(anywhere ? `**/${path}` : path, false) }];
}

/**
 * Looks into all archives, the newest first. Each is looked into once: its content is the same in
 * all repositories, so they share the work.
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
  // Whoever gave up may leave an archive behind that another one, which is done already, holds.
  for (let before = -1; before !== repositories.size;) {
    before = repositories.size;
    await Promise.all([...repositories].map(work));
  }
  return waiting;
}
