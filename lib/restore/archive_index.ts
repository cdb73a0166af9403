/**
 * The archives of all repositories, side by side.
 *
 * @module
 */
import { parseArchiveName } from "../text/archive_name.ts";
import type { BorgArchive } from "../borg/archives.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { type Access, askArchives } from "./borg_queries.ts";

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
  readonly holders: readonly BorgRepository[];
}

/** A repository that could not be asked. */
interface Silent {
  readonly repository: BorgRepository;
  readonly failure: BorgFailure;
}

/** What all repositories hold. */
export interface Catalogue {
  /** All that were meant, in the order of the configuration. */
  readonly repositories: readonly BorgRepository[];
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
  /** The repositories that could be asked. */
  readonly asked: readonly BorgRepository[];
  readonly silent: readonly Silent[];
}

/**
 * Asks all repositories at once.
 *
 * @param access what is needed to start Borg
 * @param repositories which ones
 * @returns what they hold, as far as they could be asked
 * @throws {Stopped} when it was stopped
 */
export async function openCatalogue(
  access: Access,
  repositories: readonly BorgRepository[],
): Promise<Catalogue> {
  const answers = await Promise.all(
    repositories.map(async (repository) => ({
      repository,
      answer: await askArchives(access, repository),
    })),
  );
  const shelves: Shelf[] = [];
  const silent: Silent[] = [];
  for (const { repository, answer } of answers) {
    if (answer.kind === "answer") shelves.push({ repository, archives: answer.value });
    else silent.push({ repository, failure: answer.failure });
  }
  const asked = shelves.map(({ repository }) => repository);
  return { repositories, archives: sideBySide(shelves), asked, silent };
}

/** What one repository holds. */
export interface Shelf {
  readonly repository: BorgRepository;
  readonly archives: readonly BorgArchive[];
}

/**
 * Puts what several repositories hold side by side, by the names of the archives.
 *
 * @param shelves what each of them holds
 * @returns every archive once, newest first
 */
export function sideBySide(shelves: readonly Shelf[]): ListedArchive[] {
  const byName = new Map<string, { startedAt: Date; order: number; holders: BorgRepository[] }>();
  for (const { repository, archives } of shelves) {
    for (const [order, { name, startedAt }] of archives.entries()) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, { startedAt, order, holders: [repository] });
      else known.holders.push(repository);
    }
  }
  const listed = [...byName].map(([name, { startedAt, order, holders }]) => {
    const own = parseArchiveName(name);
    // The run began before Borg did, and at the same time for all repositories.
    const began = own?.startedAt ?? startedAt;
    return { name, series: own?.series, runId: own?.runId, startedAt: began, order, holders };
  });
  return listed.sort(newestFirst);
}

/**
 * Compares archives by their age.
 *
 * @param a an archive
 * @param b another one
 * @returns a negative number when `a` is the newer one
 */
export function newestFirst(a: ListedArchive, b: ListedArchive): number {
  return b.startedAt.getTime() - a.startedAt.getTime() || b.order - a.order ||
    (a.name < b.name ? -1 : 1);
}
