/**
 * The archives of all repositories, side by side.
 *
 * @module
 */
import { parseArchiveName } from "../text/archive_name.ts";
import type { BorgArchive } from "../borg/archives.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { type Access, queryArchives } from "../borg/borg_queries.ts";

/** An archive, wherever it is. */
export interface ListedArchive {
  readonly name: string;
  /** The name of its series; `undefined` when autoborg did not make it. */
  readonly series: string | undefined;
  /** The run that made it. */
  readonly runId: string | undefined;
  readonly startedAt: Date;
  /**
   * The later it was made, the higher; tells archives of the same second apart, which is all that
   * names and Borg's JSON know of the time.
   */
  readonly order: number;
  /** The repositories that hold it, in the order of the configuration. */
  readonly repositories: readonly BorgRepository[];
}

/** A repository that could not be asked. */
interface UnreachableRepository {
  readonly repository: BorgRepository;
  readonly failure: BorgFailure;
}

/** What all repositories hold. */
export interface ArchiveIndex {
  /** All that were meant, in the order of the configuration. */
  readonly repositories: readonly BorgRepository[];
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
  /** The repositories that could be asked. */
  readonly reachable: readonly BorgRepository[];
  readonly unreachable: readonly UnreachableRepository[];
}

/**
 * Asks all repositories at once.
 *
 * @throws {Stopped} when it was stopped
 */
export async function loadArchiveIndex(
  access: Access,
  repositories: readonly BorgRepository[],
): Promise<ArchiveIndex> {
  const answers = await Promise.all(
    repositories.map(async (repository) => ({
      repository,
      answer: await queryArchives(access, repository),
    })),
  );
  const perRepository: RepositoryArchives[] = [];
  const unreachable: UnreachableRepository[] = [];
  for (const { repository, answer } of answers) {
    if (answer.kind === "answer") perRepository.push({ repository, archives: answer.value });
    else unreachable.push({ repository, failure: answer.failure });
  }
  const reachable = perRepository.map(({ repository }) => repository);
  return { repositories, archives: mergeArchives(perRepository), reachable, unreachable };
}

/** What one repository holds. */
export interface RepositoryArchives {
  readonly repository: BorgRepository;
  readonly archives: readonly BorgArchive[];
}

/**
 * Puts what several repositories hold side by side, by the names of the archives.
 *
 * @returns every archive once, newest first
 */
export function mergeArchives(perRepository: readonly RepositoryArchives[]): ListedArchive[] {
  const byName = new Map<
    string,
    { startedAt: Date; order: number; repositories: BorgRepository[] }
  >();
  for (const { repository, archives } of perRepository) {
    for (const [order, { name, startedAt }] of archives.entries()) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, { startedAt, order, repositories: [repository] });
      else known.repositories.push(repository);
    }
  }
  const listed = [...byName].map(([name, { startedAt, order, repositories }]) => {
    const own = parseArchiveName(name);
    // The run began before Borg did, and at the same time for all repositories.
    const began = own?.startedAt ?? startedAt;
    return { name, series: own?.series, runId: own?.runId, startedAt: began, order, repositories };
  });
  return listed.sort(newestFirst);
}

/**
 * Compares archives by their age.
 *
 * @returns a negative number when `a` is the newer one
 */
export function newestFirst(a: ListedArchive, b: ListedArchive): number {
  return b.startedAt.getTime() - a.startedAt.getTime() || b.order - a.order ||
    (a.name < b.name ? -1 : 1);
}
