/**
 * Keeps a restore away from repositories in which something looks wrong with the archives, until a
 * person has looked. Pure.
 *
 * @module
 */
import type { BorgRepository } from "../borg/repository.ts";
import { AppError } from "../errors.ts";
import type { StandingAlarm } from "../state/ledger.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";
import type { KnownArchives } from "./known_archives.ts";

/** A repository that is not restored from. */
interface Distrusted {
  readonly repository: BorgRepository;
  readonly alarm: StandingAlarm;
}

/** What may be restored, and from where. */
interface Trusted {
  /** The archives without those of distrusted repositories. */
  readonly index: ArchiveIndex;
  readonly distrusted: readonly Distrusted[];
}

/**
 * Leaves out the repositories in which an alarm about the archives is open. An archive that is asked
 * for by its name may still be taken from there when it is for certain one that was there before.
 *
 * @param archive a name, or "latest"
 * @throws {AppError} when nothing is left
 */
export function trustedArchives(
  index: ArchiveIndex,
  known: KnownArchives,
  archive: string,
): Trusted {
  const distrusted = index.reachable.flatMap((repository) => {
    const alarm = known.alarmOf(repository.label);
    return alarm === undefined ? [] : [{ repository, alarm }];
  });
  const named = index.archives.find(({ name }) => name === archive);
  const [first] = distrusted;
  // What does not exist at all is reported by the code that looks for it.
  const isUnknown = archive !== "latest" && named === undefined;
  if (first === undefined || isUnknown) return { index, distrusted: [] };
  const isLeftOut = (listed: ListedArchive, { label }: BorgRepository) =>
    distrusted.some(({ repository }) => repository.label === label) &&
    !(listed === named && known.isProven(listed, label));
  const archives = index.archives.flatMap((listed) => {
    const repositories = listed.repositories.filter((one) => !isLeftOut(listed, one));
    return repositories.length === 0 ? [] : [{ ...listed, repositories }];
  });
  const reachable = index.reachable.filter((one) => known.alarmOf(one.label) === undefined);
  const isLost = named === undefined
    ? reachable.length === 0
    : !archives.some(({ name }) => name === archive);
  if (isLost) throw suspended(first, named);
  return {
    index: { ...index, archives, reachable },
    distrusted: distrusted.filter(({ repository }) =>
      named === undefined ||
      (named.repositories.includes(repository) && isLeftOut(named, repository))
    ),
  };
}

function suspended({ repository: { label }, alarm }: Distrusted, named?: ListedArchive): AppError {
  const what = named === undefined ? "" : `${named.name} `;
  return new AppError(`Cannot restore ${what}from "${label}": ${alarm.message}`, {
    hint: acceptHint(label, alarm),
  });
}

/** What to do about an alarm. */
export function acceptHint(label: string, { hint }: StandingAlarm): string {
  return `${hint}. Then accept it: ${ownCommand("accept", label)}`;
}
