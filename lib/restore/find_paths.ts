/** Finds a path in many archives and tells its versions apart. @module */
import type { Entry, Include } from "../borg/entries.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { UsageError } from "../errors.ts";
import { settleAll } from "../async/concurrency.ts";
import { type Access, type Answer, queryEntries } from "../borg/borg_queries.ts";
import type { IndexedArchive } from "../state/find_index.ts";
import type { ArchiveSearch, PathMatcher } from "./archive_search.ts";
import { type ListedArchive, newestFirst } from "./archive_index.ts";
import { globRegExp, pythonPattern } from "../text/glob.ts";
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
  readonly pattern: SearchPattern;
  /** Whether every file that is found is read for its SHA-256. */
  readonly content: boolean;
  /** What is kept of archives that were read; with `content` it is of no use. */
  readonly search: ArchiveSearch;
  /** Borg's ids of the repositories, by their labels. */
  readonly repositoryIds: ReadonlyMap<string, string>;
}

interface FindListener {
  readonly onFound: (found: Found) => void;
  /** A repository could not be searched; it is not tried again. */
  readonly onFailure: OnFailure;
  readonly onProgress: (repository: BorgRepository, searched: number) => void;
}

/** What is looked for, for Borg and for us. */
interface SearchPattern {
  readonly includes: readonly Include[];
  readonly matches: PathMatcher;
}

/** How many processes of Borg read at the same time, for all repositories together. */
const MOST_READERS = 4;

/**
 * Reads a pattern: a name or a glob without a slash at its beginning is looked for in all
 * directories.
 *
 * @throws {UsageError} when it is empty
 */
export function searchPattern(pattern: string, workingDirectory: string): SearchPattern {
  const { path } = parsePathSelector(pattern, workingDirectory);
  if (path === "") throw new UsageError(`Cannot look for "${pattern}": expected a name or a glob`);
  const anywhere = !/^(?:\/|\.{1,2}\/)/.test(pattern) && !path.startsWith("**/");
  const glob = anywhere ? `**/${path}` : path;
  const expression = globRegExp(glob, false);
  return {
    includes: [{ kind: "pattern", pattern: pythonPattern(glob, false) }],
    matches: (one) => expression.test(one),
  };
}

/**
 * Searches all archives, the newest first, and returns those that no repository could search. Each is
 * searched once: its content is the same in all repositories, so they share the work.
 *
 * @throws {IndexDamageError} when what is kept of archives is not what was written
 * @throws {Stopped} when it was stopped
 */
export async function find(
  access: Access,
  request: FindRequest,
  listener: FindListener,
): Promise<readonly ListedArchive[]> {
  let searched = 0;
  const report = (archive: ListedArchive, entries: readonly Entry[]) => {
    searched += 1;
    for (const entry of entries) listener.onFound({ entry, archive });
  };
  const waiting = request.archives.filter((archive) => {
    const entries = request.content ? undefined : recalled(request, archive);
    if (entries !== undefined) report(archive, entries);
    return entries === undefined;
  });
  const repositories = new Set(waiting.flatMap(({ repositories }) => repositories));
  const work = async (repository: BorgRepository): Promise<void> => {
    while (repositories.has(repository)) {
      const index = waiting.findIndex(({ repositories }) => repositories.includes(repository));
      const [archive] = index < 0 ? [] : waiting.splice(index, 1);
      if (archive === undefined) return;
      listener.onProgress(repository, searched);
      const answer = await searchOne(access, request, archive, repository);
      if (answer.kind === "answer") report(archive, answer.value);
      else {
        waiting.unshift(archive);
        if (repositories.delete(repository)) listener.onFailure(repository, answer.failure);
      }
    }
  };
  // A repository that failed may leave an archive that another one, which is done already, holds.
  for (let before = -1; before !== repositories.size;) {
    before = repositories.size;
    const readers = Math.max(1, Math.floor(MOST_READERS / repositories.size));
    await settleAll(
      [...repositories].flatMap((repository) =>
        Array.from({ length: readers }, () => work(repository))
      ),
    );
  }
  return waiting;
}

/**
 * Says in which repositories archives are searched: in one of those with all sources, but in each of
 * those that get a part of them when there are no others.
 */
export function placesToSearch(
  archives: readonly ListedArchive[],
  isPartial: (repository: BorgRepository) => boolean,
): readonly ListedArchive[] {
  return archives.flatMap((archive) => {
    const whole = archive.repositories.filter((repository) => !isPartial(repository));
    if (whole.length > 0) return [{ ...archive, repositories: whole }];
    return archive.repositories.map((repository) => ({ ...archive, repositories: [repository] }));
  });
}

/** What is found in an archive that was read before, from whichever repository. */
function recalled(request: FindRequest, archive: ListedArchive): readonly Entry[] | undefined {
  for (const repository of archive.repositories) {
    const key = keyOf(request, archive, repository);
    const entries = key === undefined ? undefined : request.search.recall(key);
    if (entries !== undefined) return entries;
  }
  return undefined;
}

/** What Borg can't write as it stores it, or we can't read, it lists as everywhere else. */
async function searchOne(
  access: Access,
  request: FindRequest,
  archive: ListedArchive,
  repository: BorgRepository,
): Promise<Answer<readonly Entry[]>> {
  const { pattern, content, search } = request;
  const key = content ? undefined : keyOf(request, archive, repository);
  if (key !== undefined) {
    const answer = await search.read(access, repository, archive, key);
    if (answer.kind === "answer") return answer;
  }
  const value: Entry[] = [];
  const answer = await queryEntries(access, {
    repository,
    archive: archive.name,
    includes: pattern.includes,
    hash: content,
    onEntry: (entry) => value.push(entry),
  });
  return answer.kind === "failed" ? answer : { kind: "answer", value };
}

/** What an archive is known by in a repository; `undefined` when Borg did not say. */
function keyOf(
  { repositoryIds }: FindRequest,
  { ids, startedAt }: ListedArchive,
  { label }: BorgRepository,
): IndexedArchive | undefined {
  const repository = repositoryIds.get(label) ?? "";
  const archive = ids.get(label) ?? "";
  if (repository === "" || archive === "") return undefined;
  return { repository, archive, startedAt: startedAt.getTime() };
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

type Versions = Map<string, { readonly entry: Entry; readonly archives: ListedArchive[] }>;

/** Collects what is found. */
export class VersionCollector {
  readonly #paths = new Map<string, Versions>();

  /** Adds an entry to the versions of its path. */
  add({ entry, archive }: Found): void {
    const versions: Versions = this.#paths.get(entry.path) ?? new Map();
    this.#paths.set(entry.path, versions);
    const key = identityOf(entry);
    const known = versions.get(key);
    const isKnown = known?.archives.some(({ name }) => name === archive.name);
    if (known !== undefined && !isKnown) known.archives.push(archive);
    if (known === undefined) versions.set(key, { entry, archives: [archive] });
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
