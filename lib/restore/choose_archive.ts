/** Chooses the archive that a person means. Pure. @module */
import type { BorgRepository } from "../borg/repository.ts";
import { AppError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";
import type { ArchiveSelection } from "./fallback.ts";
import type { Completeness, KnownArchives } from "./known_archives.ts";
import { localTime } from "../text/local_time.ts";
import { commandLine } from "../text/printable.ts";
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

/** The newest archive with all sources, else the newest complete one, unless the chosen one is as good. */
export interface BetterChoice extends ListedArchive {
  /** What it is the newest of: one that lacks nothing but an optional source is complete, too. */
  readonly newest: "complete archive" | "archive with all sources";
}

/** An archive with the repositories to take it from, and what else there is. */
export interface ChosenArchive extends ListedArchive, Completeness {
  /** How it was asked for. */
  readonly by: "name" | "time" | "latest";
  readonly better: BetterChoice | undefined;
  /** Newer archives of the series that this machine did not make, newest first. */
  readonly foreign: readonly ListedArchive[];
}

/**
 * Chooses an archive. One that this machine did not make is taken only by its name.
 *
 * @param commandWith for hints that name another archive
 * @throws {AppError} when there is none
 */
export function chooseArchive(
  index: Choices,
  known: KnownArchives,
  { archive, at }: ArchiveChoice,
  commandWith: CommandWith = (other) => commandLine(["--archive", other]),
): ChosenArchive {
  const isNamed = archive !== "latest";
  const named = isNamed ? [chooseByName(index, archive, commandWith)] : ofSeries(index, known, at);
  const ours = named.flatMap((listed) => ownCopies(listed, known));
  const [newest] = isNamed && ours.length === 0 ? named : ours;
  if (newest === undefined) throw noneOfOurs(named, known, commandWith);
  const others = isNamed ? index.archives.flatMap((listed) => ownCopies(listed, known)) : ours;
  return {
    ...newest,
    ...known.completenessOf(newest),
    by: isNamed ? "name" : at === undefined ? "latest" : "time",
    better: betterThan(newest, others, known),
    foreign: isNamed ? [] : named.slice(0, named.findIndex(({ name }) => name === newest.name)),
  };
}

/** What is better than an archive; `others` come newest first. */
export function betterThan(
  archive: ListedArchive,
  others: readonly ListedArchive[],
  known: KnownArchives,
): BetterChoice | undefined {
  const own = rankOf(archive, known);
  const ranked = others.map((listed) => ({ listed, rank: rankOf(listed, known) }));
  const first = (wanted: number) => ranked.find(({ rank }) => rank === wanted)?.listed;
  const found = [2, 1].filter((wanted) => wanted > own).map(first).find((one) => one !== undefined);
  if (found === undefined) return undefined;
  const isNewest = own === 0 && ranked.find(({ rank }) => rank > 0)?.listed === found;
  return { ...found, newest: isNewest ? "complete archive" : "archive with all sources" };
}

/** 2: with all sources; 1: complete, but for optional sources; 0: not known to be complete. */
function rankOf(listed: ListedArchive, known: KnownArchives): number {
  const { complete, reasons } = known.completenessOf(listed);
  return complete !== true ? 0 : reasons.length === 0 ? 2 : 1;
}

/** Where to look for what the chosen archive does not have, as a part of a selection. */
export function betterOf(
  { better }: ChosenArchive,
  commandWith: CommandWith,
): Pick<ArchiveSelection, "better"> {
  return better === undefined ? {} : { better: { ...better, command: commandWith(better.name) } };
}

/**
 * The archive in those repositories that hold ours: the ones with all sources first, and among them
 * those where it is complete.
 */
function ownCopies(listed: ListedArchive, known: KnownArchives): readonly ListedArchive[] {
  const rank = (repository: BorgRepository) =>
    (known.isPartial(repository) ? 2 : 0) +
    (known.completenessIn(listed, repository.label).complete === true ? 0 : 1);
  const repositories = listed.repositories.filter(({ label }) => !known.isForeign(listed, label))
    .toSorted((a, b) => rank(a) - rank(b));
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

function chooseByName(index: Choices, name: string, commandWith: CommandWith): ListedArchive {
  const names = index.archives.map((listed) => listed.name);
  const found = index.archives.find((listed) => listed.name === name);
  if (found !== undefined) return found;
  // A part of a name, such as its date, is one of the newest archive that has it.
  const near = nearest(name, ["latest", ...names]) ?? names.find((other) => other.includes(name));
  const meant = near === undefined ? "" : `Did you mean "${commandWith(near)}"? `;
  throw new AppError(`Cannot find the archive "${name}" in ${labels(index)}`, {
    hint: `${meant}"${ownCommand("list", "--all")}" lists all archives`,
  });
}

function noneOfSeries(index: Choices, series: string): AppError {
  const others = index.archives.length;
  const list = ownCommand("list", "--all");
  const message = `There is no archive of "${series}" in ${labels(index)} yet`;
  if (others === 0) {
    return new AppError(message, { hint: `To create the first one: ${ownCommand("run")}` });
  }
  const count = others === 1 ? "is 1 archive" : `are ${others} archives`;
  return new AppError(message, {
    hint: `There ${count} under other names: ${list}. To use one: --archive NAME`,
  });
}

function noneOfOurs(
  foreign: readonly ListedArchive[],
  { series }: KnownArchives,
  commandWith: CommandWith,
): AppError {
  const [newest] = foreign;
  return new AppError(
    `Cannot find an archive of "${series}" created by this machine: it created none of the ` +
      `${foreign.length} that are there`,
    {
      hint: "Another machine may use the same name. To use its files, name the archive: " +
        commandWith(newest?.name ?? ""),
    },
  );
}

function labels({ reachable }: Choices): string {
  return reachable.map(({ label }) => `"${label}"`).join(", ");
}
