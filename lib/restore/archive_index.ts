/** The archives of all repositories. @module */
import { parseArchiveName } from "../text/archive_name.ts";
import type { BorgPin } from "../borg/archive_pins.ts";
import type { BorgArchive } from "../borg/archives.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { type Access, queryArchives } from "../borg/borg_queries.ts";

/** An archive and the repositories that hold it. */
export interface ListedArchive {
  readonly name: string;
  /** The name of its series; `undefined` when autoborg did not make it. */
  readonly series: string | undefined;
  /** The run that made it. */
  readonly runId: string | undefined;
  readonly startedAt: Date;
  /** Its place in Borg's list, oldest first: neither names nor Borg's JSON know more than seconds. */
  readonly order: number;
  /** In the order of the configuration. */
  readonly repositories: readonly BorgRepository[];
  /** Borg's id of it in each of them, by their labels. */
  readonly ids: ReadonlyMap<string, string>;
}

/** The archives of the chosen repositories. */
export interface ArchiveIndex {
  /** All that were chosen, in the order of the configuration. */
  readonly repositories: readonly BorgRepository[];
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
  readonly reachable: readonly BorgRepository[];
  readonly unreachable: readonly {
    readonly repository: BorgRepository;
    readonly failure: BorgFailure;
  }[];
  /** What is pinned in the reachable ones, those without a pin left out. */
  readonly pins: readonly RepositoryPins[];
  /** What Borg calls the reachable ones and their archives: its ids. */
  readonly listed: readonly {
    readonly label: string;
    readonly repositoryId: string;
    readonly archives: readonly string[];
  }[];
}

/** The pins in one repository. */
export interface RepositoryPins {
  readonly repository: BorgRepository;
  readonly pins: readonly BorgPin[];
}

/**
 * Lists the archives of all repositories at once.
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
  const perRepository = answers.flatMap(({ repository, answer }) =>
    answer.kind === "answer" ? [{ repository, ...answer.value }] : []
  );
  const unreachable = answers.flatMap(({ repository, answer }) =>
    answer.kind === "failed" ? [{ repository, failure: answer.failure }] : []
  );
  const reachable = perRepository.map(({ repository }) => repository);
  return {
    repositories,
    archives: mergeArchives(perRepository),
    reachable,
    unreachable,
    pins: perRepository.filter(({ pins }) => pins.length > 0),
    listed: perRepository.map(({ repository: { label }, repositoryId, archives }) => (
      { label, repositoryId, archives: archives.map(({ id }) => id) }
    )),
  };
}

/** The archives of one repository. */
export interface RepositoryArchives {
  readonly repository: BorgRepository;
  /** Oldest first. */
  readonly archives: readonly BorgArchive[];
}

type Merged = ListedArchive & { repositories: BorgRepository[]; ids: Map<string, string> };

/** Merges the archives of several repositories by name, newest first. */
export function mergeArchives(perRepository: readonly RepositoryArchives[]): ListedArchive[] {
  const byName = new Map<string, Merged>();
  for (const { repository, archives } of perRepository) {
    for (const [order, { name, startedAt, id }] of archives.entries()) {
      const known = byName.get(name);
      known?.repositories.push(repository);
      known?.ids.set(repository.label, id);
      if (known !== undefined) continue;
      const own = parseArchiveName(name);
      byName.set(name, {
        name,
        series: own?.series,
        runId: own?.runId,
        // The run began before Borg did, and at the same time for all repositories.
        startedAt: own?.startedAt ?? startedAt,
        order,
        repositories: [repository],
        ids: new Map([[repository.label, id]]),
      });
    }
  }
  return [...byName.values()].sort(newestFirst);
}

/** Compares archives by age: negative when `a` is the newer one. */
export function newestFirst(a: ListedArchive, b: ListedArchive): number {
  return b.startedAt.getTime() - a.startedAt.getTime() || b.order - a.order ||
    (a.name < b.name ? -1 : 1);
}
