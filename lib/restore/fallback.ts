/** Falls back to another repository when one cannot deliver an archive. @module */
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { AppError } from "../errors.ts";
import { type Access, type Answer, type ArchiveAt, queryEntries } from "../borg/borg_queries.ts";
import { NearestPaths } from "./nearest_paths.ts";
import { previewRestore } from "./restore_preview.ts";
import type { Preview, PreviewListener } from "./preview_builder.ts";
import type { PathSelector } from "./path_selector.ts";
import { ownCommand } from "../text/own_command.ts";

/** At most this many paths that are not in the archive are named. */
const NAMED = 10;

/** Some of an archive. */
export interface ArchiveSelection {
  /** The archive's name. */
  readonly archive: string;
  /** The repositories that hold it, in the order in which they are tried. */
  readonly repositories: readonly BorgRepository[];
  readonly selectors: readonly PathSelector[];
  /** Borg's id of the archive in each repository, by its label: another one of that name is not taken. */
  readonly ids?: ReadonlyMap<string, string>;
  /** Whether a repository gets only a part of the sources, so that another one may have more. */
  readonly isPartial?: (repository: BorgRepository) => boolean;
  /** Where else to look for what is not in the archive. */
  readonly better?: BetterArchive;
  /** Says what was meant by what is not in the archive, if that can be guessed. */
  readonly meant?: (missing: readonly PathSelector[]) => string | undefined;
}

/** An archive that may have what another one lacks. */
interface BetterArchive {
  readonly name: string;
  /** What it is the newest of, such as "complete archive". */
  readonly newest: string;
  readonly repositories: readonly BorgRepository[];
  /** The command that takes it instead. */
  readonly command: string;
}

/** The archive in one of the repositories. */
export function archiveIn(
  { archive, ids }: Pick<ArchiveSelection, "archive" | "ids">,
  repository: BorgRepository,
): ArchiveAt {
  return { repository, archive, id: ids?.get(repository.label) };
}

/** Hears that a repository could not deliver. */
export type OnFailure = (repository: BorgRepository, failure: BorgFailure) => void;

/** What one of several repositories delivered. */
interface FallbackResult<T> {
  /** The repository that delivered it, and those not tried so far. */
  readonly repositories: readonly [BorgRepository, ...BorgRepository[]];
  readonly value: T;
}

/**
 * Tries one repository after the other until one can answer; the hint is for when none can.
 *
 * @throws {AppError} when none can
 */
export async function withFallback<T>(
  repositories: readonly BorgRepository[],
  onFailure: OnFailure,
  ask: (repository: BorgRepository) => Promise<Answer<T>>,
  hint?: string,
): Promise<FallbackResult<T>> {
  for (const [index, repository] of repositories.entries()) {
    const answer = await ask(repository);
    if (answer.kind === "answer") {
      return { repositories: [repository, ...repositories.slice(index + 1)], value: answer.value };
    }
    onFailure(repository, answer.failure);
  }
  const labels = repositories.map(({ label }) => `"${label}"`).join(", ");
  const message = repositories.length === 1
    ? `Cannot read the archive from ${labels}, the only repository that contains it`
    : `Cannot read the archive from any of ${labels}`;
  throw new AppError(message, hint === undefined ? {} : { hint });
}

/**
 * Previews a part of an archive. A repository that gets only a part of the sources is passed by when it
 * lacks something that another one may have. `listen` makes a listener for each repository that is tried;
 * `assurance` tells what a failure did not do.
 *
 * @throws {AppError} when no repository can tell, or something is not in the archive
 * @throws {Stopped} when it was stopped
 */
export async function previewWithFallback(
  access: Access,
  selection: ArchiveSelection,
  onFailure: OnFailure,
  listen: () => PreviewListener,
  assurance?: string,
): Promise<FallbackResult<Preview>> {
  const { selectors, better, meant, isPartial = () => false } = selection;
  const repositories = await withoutLacking(access, selection);
  const found = await withFallback(
    repositories,
    onFailure,
    (repository) => previewRestore(access, archiveIn(selection, repository), selectors, listen()),
    assurance,
  );
  const [first, ...others] = found.repositories;
  // What one of them has of the sources says nothing of what another one has.
  const result = {
    ...found,
    repositories: [first, ...others.filter((one) => !isPartial(one))] as const,
  };
  const { missing } = result.value;
  if (missing.length === 0) return result;
  const place = archiveIn(selection, result.repositories[0]);
  const held = meant?.(missing) ??
    (better === undefined ? undefined : await heldBy(access, better, missing));
  throw await notInArchive(access, place, missing, { held, assurance });
}

/**
 * Drops repositories from the front that get only a part of the sources and lack some of what is asked
 * for, as long as there is another one. Those with all sources come first and are not looked at.
 */
async function withoutLacking(
  access: Access,
  selection: ArchiveSelection,
): Promise<readonly BorgRepository[]> {
  const { repositories, selectors, isPartial = () => false } = selection;
  for (const [index, repository] of repositories.slice(0, -1).entries()) {
    if (!isPartial(repository)) return repositories.slice(index);
    const at = archiveIn(selection, repository);
    const answer = await previewRestore(access, at, selectors, { onEntry: () => {} });
    const isLacking = answer.kind === "answer" && answer.value.missing.length > 0;
    if (!isLacking) return repositories.slice(index);
  }
  return repositories.slice(-1);
}

/** Says what of this the better archive has, with the command that takes it. */
async function heldBy(
  access: Access,
  { name: archive, newest, repositories, command }: BetterArchive,
  missing: readonly PathSelector[],
): Promise<string | undefined> {
  for (const repository of repositories) {
    const at = { archive, repository };
    const answer = await previewRestore(access, at, missing, { onEntry: () => {} });
    // The next one may be able to tell; if none can, nothing is promised.
    if (answer.kind === "failed") continue;
    const held = missing.filter((one) =>
      !answer.value.missing.some(({ text }) => text === one.text)
    );
    if (held.length === 0) return undefined;
    const texts = held.slice(0, NAMED).map(({ text }) => JSON.stringify(text)).join(", ");
    const more = held.length > NAMED ? ` and ${held.length - NAMED} more` : "";
    const are = held.length === 1 ? "is" : "are";
    return `${texts}${more} ${are} in ${archive}, the newest ${newest}: ${command}`;
  }
  return undefined;
}

async function notInArchive(
  access: Access,
  place: ArchiveAt,
  missing: readonly PathSelector[],
  { held, assurance }: Readonly<Record<"held" | "assurance", string | undefined>>,
): Promise<AppError> {
  const searches = missing.slice(0, NAMED)
    .map((selector) => ({ selector, nearest: new NearestPaths(selector.path) }));
  // Should this fail, there are no proposals.
  await queryEntries(access, {
    ...place,
    includes: [],
    onEntry: ({ path }) => {
      for (const { selector, nearest } of searches) if (!selector.glob) nearest.consider(path);
    },
  });
  const lines = searches.map(({ selector, nearest: { found } }) => {
    const like = found.map((path) => JSON.stringify(`/${path}`)).join(", ");
    return JSON.stringify(selector.text) + (like === "" ? "" : ` (nearest: ${like})`);
  });
  const more = missing.length > NAMED ? `; and ${missing.length - NAMED} more` : "";
  const { archive } = place;
  const search = `"${ownCommand("list", archive, "PATH")}" lists its contents, ` +
    `"${ownCommand("find", "PATTERN")}" searches all archives`;
  return new AppError(`Cannot find in the archive ${archive}: ${lines.join("; ")}${more}`, {
    hint: `${held ?? search}${assurance === undefined ? "" : `. ${assurance}`}`,
  });
}
