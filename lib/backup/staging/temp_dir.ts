/**
 * The directory below which everything is mounted.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../../errors.ts";
import { makePrivateDirectory, type PrivateDirectory } from "../../files/private_directory.ts";
import { readAllJournals } from "../../state/journal.ts";

/** How many foreign names an error lists. */
const LISTED = 10;

/** Which directory, and where the journals are that say what in it is known. */
export interface TempDirRequest {
  readonly temp_dir: string;
  readonly state_dir: string;
}

/**
 * Makes sure that `temp_dir` is there (it is made with mode 0700) and holds nothing foreign. What a
 * dead run left and nobody could unmount yet is known from a journal and may stay: it must
 * not keep the next backup from being made.
 *
 * @param request which directory
 * @throws {AppError} when it holds anything else, which is listed and never deleted
 */
export async function requireEmptyTempDir(request: TempDirRequest): Promise<void> {
  const { temp_dir } = request;
  const known = await knownTrees(request.state_dir);
  let foreign: readonly string[];
  try {
    makePrivateDirectory(tempDirectory(temp_dir));
    foreign = await findForeign(temp_dir, known);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot use the directory "${temp_dir}": ${reasonOf(error)}`, {
      hint: "See paths.temp_dir in the configuration",
      cause: error,
    });
  }
  if (foreign.length > 0) throw foreignContent(temp_dir, foreign);
}

/**
 * What `temp_dir` must be: mounts are made below it as root, so it must lead nowhere else.
 *
 * @param temp_dir the directory
 */
export function tempDirectory(temp_dir: string): PrivateDirectory {
  return { path: temp_dir, key: "paths.temp_dir", mode: 0o700, link: "refused" };
}

/**
 * What dead runs left in their temporary directories, as the journals know it.
 *
 * @param state_dir where the journals are
 * @returns paths
 */
export async function knownTrees(state_dir: string): Promise<ReadonlySet<string>> {
  const journals = await readAllJournals(state_dir);
  return new Set(journals.flatMap(({ runs }) => runs.flatMap(({ trees }) => trees)));
}

/**
 * Looks for what is in `temp_dir` and no journal knows of.
 *
 * @param temp_dir the directory
 * @param known from {@linkcode knownTrees}
 * @returns names
 * @throws {Error} when it is not there, or can't be read
 */
export async function findForeign(
  temp_dir: string,
  known: ReadonlySet<string>,
): Promise<readonly string[]> {
  const real = await Deno.realPath(temp_dir);
  const names = await Array.fromAsync(Deno.readDir(real), ({ name }) => name);
  return names.filter((name) => !known.has(join(real, name)));
}

/**
 * The error that foreign content is.
 *
 * @param temp_dir the directory
 * @param foreign the names of what is in it
 */
export function foreignContent(temp_dir: string, foreign: readonly string[]): AppError {
  const names = foreign.toSorted().slice(0, LISTED).map((name) => JSON.stringify(name)).join(", ");
  const more = foreign.length > LISTED ? ` and ${foreign.length - LISTED} more` : "";
  return new AppError(
    `Cannot use the directory "${temp_dir}": it must be empty and it holds ${names}${more}`,
    { hint: "Move it away, or give autoborg a directory of its own with paths.temp_dir" },
  );
}
