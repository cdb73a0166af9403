/**
 * Names an archive from this machine's own record of it, so that no repository has to be asked for its
 * list of archives first. Whoever reads the archive compares Borg's id of it with the recorded one.
 * Pure.
 *
 * @module
 */
import type { BorgArchive } from "../borg/archives.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import { type ArchiveIndex, mergeArchives } from "./archive_index.ts";
import type { KnownArchives } from "./known_archives.ts";

/**
 * The archives that are on record.
 *
 * @param repositories those that were chosen
 * @param archive the one that is meant: a name, or "latest"
 * @returns `undefined` when they have to be asked: something looks wrong with one of them, one was never
 *   seen, or none is known to hold the archive
 */
export function recordedIndex(
  repositories: readonly BorgRepository[],
  known: KnownArchives,
  archive: string,
): ArchiveIndex | undefined {
  const isDoubtful = ({ label }: BorgRepository) =>
    known.alarmOf(label) !== undefined || known.recordedIn(label).length === 0;
  if (repositories.some(isDoubtful)) return undefined;
  const perRepository = repositories.map((repository) => (
    { repository, archives: recordedArchives(known, repository) }
  ));
  const archives = mergeArchives(perRepository);
  if (!archives.some(({ name }) => name === archive)) return undefined;
  return { repositories, archives, reachable: repositories, unreachable: [], pins: [], listed: [] };
}

/** Those of which nothing but their whereabouts is open: they are ours, and their ids are known. */
function recordedArchives(known: KnownArchives, { label }: BorgRepository): readonly BorgArchive[] {
  return known.recordedIn(label).flatMap(({ name, id, state }) => {
    const startedAt = parseArchiveName(name)?.startedAt;
    if (state !== "present" || id === "" || startedAt === undefined) return [];
    return [{ name, id, startedAt }];
  });
}
