/**
 * The directory below which everything is mounted.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { type Journal, readAllJournals } from "../state/journal.ts";
import { realSystem, type StagingSystem } from "./system.ts";

/** How many foreign names an error lists. */
const LISTED = 10;

/** Which directory, and where the journals are that say what in it is known. */
export interface TempDirRequest {
  readonly temp_dir: string;
  readonly state_dir: string;
  /** The machine; the real one when left out. */
  readonly system?: StagingSystem;
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
  const system = request.system ?? realSystem(request.state_dir);
  let known: ReadonlySet<string> | undefined;
  try {
    known = treesOf(await system.journals.all());
  } catch {
    // Then nobody can tell what in it is foreign, and nothing is mounted without a journal.
  }
  let foreign: readonly string[];
  try {
    await system.makeTempDir(temp_dir);
    foreign = known === undefined ? [] : await findForeign(temp_dir, known, system.files);
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
 * What dead runs left in their temporary directories, as the journals know it.
 *
 * @param state_dir where the journals are
 * @returns paths
 */
export async function knownTrees(state_dir: string): Promise<ReadonlySet<string>> {
  return treesOf(await readAllJournals(state_dir));
}

function treesOf(journals: readonly Journal[]): ReadonlySet<string> {
  return new Set(journals.flatMap(({ runs }) => runs.flatMap(({ trees }) => trees)));
}

/**
 * Looks for what is in `temp_dir` and no journal knows of.
 *
 * @param temp_dir the directory
 * @param known from {@linkcode knownTrees}
 * @param files the file system
 * @returns names
 * @throws {Error} when it is not there, or can't be read
 */
export async function findForeign(
  temp_dir: string,
  known: ReadonlySet<string>,
  files: Pick<typeof Deno, "realPath" | "readDir"> = Deno,
): Promise<readonly string[]> {
  const real = await files.realPath(temp_dir);
  const names = await Array.fromAsync(files.readDir(real), ({ name }) => name);
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
