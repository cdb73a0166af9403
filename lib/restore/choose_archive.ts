/** Chooses the archive that a person means. Pure. @module */
import { AppError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";
import { localTime } from "../text/local_time.ts";
import { ownCommand } from "../text/own_command.ts";

/** Which archive is meant. */
interface ArchiveChoice {
  /** The series of the configuration. */
  readonly series: string;
  /** A name, or "latest". */
  readonly archive: string;
  /** The newest that is not after this time. */
  readonly at?: Date;
}

/** What a choice needs to know of the archives. */
type Choices = Pick<ArchiveIndex, "archives" | "reachable">;

/**
 * Chooses an archive.
 *
 * @throws {AppError} when there is none
 */
export function chooseArchive(index: Choices, choice: ArchiveChoice): ListedArchive {
  const { archive, at, series } = choice;
  if (archive !== "latest") return chooseByName(index, archive);
  const own = index.archives.filter((listed) => listed.series === series);
  const [newest] = own;
  if (newest === undefined) throw noneOfSeries(index, series);
  if (at === undefined) return newest;
  const before = own.find(({ startedAt }) => startedAt.getTime() <= at.getTime());
  if (before !== undefined) return before;
  const oldest = own.at(-1) ?? newest;
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

function labels({ reachable }: Choices): string {
  return reachable.map(({ label }) => `"${label}"`).join(", ");
}
