/** Chooses the archive that a person means. Pure. @module */
import { AppError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";
import type { ArchiveSelection } from "./fallback.ts";
import type { Completeness, KnownArchives } from "./known_archives.ts";
import { localTime } from "../text/local_time.ts";
import { ownCommand } from "../text/own_command.ts";

/** Writes the command that does the same with another archive. */
export type CommandWith = (archive: string) => string;

/** Which archive is meant. */
interface ArchiveChoice {
  /** A name, or "latest". */
  readonly archive: string;
  /** The newest that is not after this time. */
  readonly at?: Date;
}

/** What a choice needs to know of the archives. */
type Choices = Pick<ArchiveIndex, "archives" | "reachable">;

/** An archive with the repositories to take it from, and what else there is. */
export interface ChosenArchive extends ListedArchive, Completeness {
  /** How it was asked for. */
  readonly by: "name" | "time" | "latest";
  /** The newest complete archive, unless the chosen one is as good. */
  readonly better: ListedArchive | undefined;
  /** Newer archives of the series that this machine did not make, newest first. */
  readonly foreign: readonly ListedArchive[];
}

/**
 * Chooses an archive. One that this machine did not make is taken only by its name.
 *
 * @throws {AppError} when there is none
 */
export function chooseArchive(
  index: Choices,
  known: KnownArchives,
  { archive, at }: ArchiveChoice,
): ChosenArchive {
  const isNamed = archive !== "latest";
  const named = isNamed ? [chooseByName(index, archive)] : ofSeries(index, known, at);
  const ours = named.flatMap((listed) => ownCopies(listed, known));
  const [newest] = isNamed && ours.length === 0 ? named : ours;
  if (newest === undefined) throw noneOfOurs(named, known);
  const others = isNamed ? index.archives.flatMap((listed) => ownCopies(listed, known)) : ours;
  return {
    ...newest,
    ...known.completenessOf(newest),
    by: isNamed ? "name" : at === undefined ? "latest" : "time",
    better: betterThan(newest, others, known),
    foreign: isNamed ? [] : named.slice(0, named.findIndex(({ name }) => name === newest.name)),
  };
}

/** The newest archive with all sources, else the newest complete one, unless this one is as good. */
export function betterThan(
  archive: ListedArchive,
  others: readonly ListedArchive[],
  known: KnownArchives,
): ListedArchive | undefined {
  const rank = (listed: ListedArchive) => {
    const { complete, reasons } = known.completenessOf(listed);
    return complete !== true ? 0 : reasons.length === 0 ? 2 : 1;
  };
  const own = rank(archive);
  return [2, 1].filter((wanted) => wanted > own)
    .map((wanted) => others.find((listed) => rank(listed) === wanted))
    .find((found) => found !== undefined);
}

/** Where to look for what the chosen archive does not have, as a part of a selection. */
export function betterOf(
  { better }: ChosenArchive,
  commandWith: CommandWith,
): Pick<ArchiveSelection, "better"> {
  return better === undefined ? {} : { better: { ...better, command: commandWith(better.name) } };
}

/** The archive in those repositories that hold ours, the ones where it is complete first. */
function ownCopies(listed: ListedArchive, known: KnownArchives): readonly ListedArchive[] {
  const rank = (label: string) => known.completenessIn(listed, label).complete === true ? 0 : 1;
  const repositories = listed.repositories.filter(({ label }) => !known.isForeign(listed, label))
    .toSorted((a, b) => rank(a.label) - rank(b.label));
  return repositories.length === 0 ? [] : [{ ...listed, repositories }];
}

/** The archives of the series, newest first. */
function ofSeries(
  index: Choices,
  { series }: KnownArchives,
  at: Date | undefined,
): readonly ListedArchive[] {
  const own = index.archives.filter((listed) => listed.series === series);
  const oldest = own.at(-1);
  if (oldest === undefined) throw noneOfSeries(index, series);
  if (at === undefined) return own;
  const before = own.filter(({ startedAt }) => startedAt.getTime() <= at.getTime());
  if (before.length > 0) return before;
  throw new AppError(`Cannot find an archive of "${series}" from before ${localTime(at)}`, {
    hint: `The oldest one is ${oldest.name}, from ${localTime(oldest.startedAt)}`,
  });
}

function chooseByName(index: Choices, name: string): ListedArchive {
  const found = index.archives.find((listed) => listed.name === name);
  if (found !== undefined) return found;
  const near = nearest(name, index.archives.map((listed) => listed.name));
  const meant = near === undefined ? "" : `Did you mean "${near}"? `;
  throw new AppError(`Cannot find the archive "${name}" in ${labels(index)}`, {
    hint: `${meant}"${ownCommand("list", "--all")}" shows what there is`,
  });
}

function noneOfSeries(index: Choices, series: string): AppError {
  const others = index.archives.length;
  const list = ownCommand("list", "--all");
  return new AppError(`Cannot find an archive of "${series}" in ${labels(index)}`, {
    hint: others === 0
      ? `The repository is empty; "${ownCommand("run")}" makes the first archive`
      : `There are ${others} others; "${list}" shows them, --archive names one`,
  });
}

function noneOfOurs(foreign: readonly ListedArchive[], { series }: KnownArchives): AppError {
  const [newest] = foreign;
  return new AppError(
    `Cannot find an archive of "${series}" that this machine made: it did not make any of the ` +
      `${foreign.length} that are there`,
    {
      hint: "Another machine may use the same name. If you want its files, name the archive: " +
        `--archive ${newest?.name}`,
    },
  );
}

function labels({ reachable }: Choices): string {
  return reachable.map(({ label }) => `"${label}"`).join(", ");
}
