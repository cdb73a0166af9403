/**
 * Several repositories may hold the same archive: when one can't give it, the next one is asked.
 *
 * @module
 */
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { AppError } from "../errors.ts";
import { type Access, type Answer, askEntries } from "./borg_queries.ts";
import { NearestPaths } from "./nearest_paths.ts";
import { type Survey, survey, type SurveyListener } from "./restore_preview.ts";
import type { Wanted } from "./path_selector.ts";
import { ownCommand } from "../text/own_command.ts";

/** So many paths that are not in the archive are named. */
const NAMED = 10;

/** Some of an archive. */
export interface Part {
  /** The archive's name. */
  readonly archive: string;
  /** The repositories that hold it; the first one that can give it does. */
  readonly holders: readonly BorgRepository[];
  readonly wanted: readonly Wanted[];
}

/** Hears that a repository could not give what was asked of it. */
export type OnFailure = (repository: BorgRepository, failure: BorgFailure) => void;

/** Something that one of several repositories gave. */
interface Given<T> {
  /** The repository that gave it, and those that may still be asked. */
  readonly holders: readonly [BorgRepository, ...BorgRepository[]];
  readonly value: T;
}

/**
 * Asks one repository after the other until one can answer.
 *
 * @param holders the repositories
 * @param onFailure hears of those that can't
 * @param ask asks one
 * @param hint what to tell when none can, if anything
 * @returns the answer, and whose it is
 * @throws {AppError} when none can
 */
export async function askInTurn<T>(
  holders: readonly BorgRepository[],
  onFailure: OnFailure,
  ask: (repository: BorgRepository) => Promise<Answer<T>>,
  hint?: string,
): Promise<Given<T>> {
  for (const [index, repository] of holders.entries()) {
    const answer = await ask(repository);
    if (answer.kind === "answer") {
      return { holders: [repository, ...holders.slice(index + 1)], value: answer.value };
    }
    onFailure(repository, answer.failure);
  }
  const labels = holders.map(({ label }) => `"${label}"`).join(", ");
  const message = holders.length === 1
    ? `Cannot read the archive from ${labels}, the only repository that could give it`
    : `Cannot read the archive from any of ${labels}`;
  throw new AppError(message, hint === undefined ? {} : { hint });
}

/**
 * Looks at a part of an archive.
 *
 * @param access what is needed to start Borg
 * @param part which part
 * @param onFailure hears of repositories that can't tell
 * @param listen makes what hears the entries, anew for each repository that is asked
 * @param assurance what a failure did not do, for who might think that it did
 * @returns what it is, and who told
 * @throws {AppError} when no repository can tell, or something is not in the archive
 * @throws {Stopped} when it was stopped
 */
export async function lookInto(
  access: Access,
  part: Part,
  onFailure: OnFailure,
  listen: () => SurveyListener,
  assurance?: string,
): Promise<Given<Survey>> {
  const { archive, wanted } = part;
  const given = await askInTurn(
    part.holders,
    onFailure,
    (repository) => survey(access, { repository, archive }, wanted, listen()),
    assurance,
  );
  const { missing } = given.value;
  if (missing.length === 0) return given;
  throw await notInArchive(access, { archive, repository: given.holders[0] }, missing, assurance);
}

async function notInArchive(
  access: Access,
  place: { readonly archive: string; readonly repository: BorgRepository },
  missing: readonly Wanted[],
  assurance: string | undefined,
): Promise<AppError> {
  const searches = missing.slice(0, NAMED)
    .map((wanted) => ({ wanted, nearest: new NearestPaths(wanted.path) }));
  // Whether this succeeds does not matter: without it there are no proposals, that is all.
  await askEntries(access, {
    ...place,
    includes: [],
    onEntry: ({ path }) => {
      for (const { wanted, nearest } of searches) if (!wanted.glob) nearest.consider(path);
    },
  });
  const lines = searches.map(({ wanted, nearest: { found } }) => {
    const like = found.map((path) => JSON.stringify(`/${path}`)).join(", ");
    return JSON.stringify(wanted.text) + (like === "" ? "" : ` (nearest: ${like})`);
  });
  const more = missing.length > NAMED ? `; and ${missing.length - NAMED} more` : "";
  const { archive } = place;
  return new AppError(`Cannot find in the archive ${archive}: ${lines.join("; ")}${more}`, {
    hint: `"${ownCommand("list", archive, "PATH")}" shows what it holds, "${ownCommand("find")}" ` +
      "looks into all " +
      `archives${assurance === undefined ? "" : `. ${assurance}`}`,
  });
}
