/** The directory below which everything is mounted. @module */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { type Journal, type JournalRun, readAllJournals } from "../state/journal.ts";
import type { StageRequest } from "./staging.ts";
import type { StagingFiles } from "./staging_files.ts";
import { realSystem, type StagingSystem } from "./system.ts";

/** How many foreign names an error lists. */
const LISTED = 10;

/**
 * Makes sure that `temp_dir` is there (it is made with mode 0700) and is empty, or holds only what autoborg left. What a crashed run left and nobody could unmount yet is known from a journal and may stay: it must
 * not keep the next backup from being made.
 *
 * @throws {AppError} when it holds anything else, which is listed and never deleted
 */
export async function requireEmptyTempDir(
  { tempDir, stateDir, system = realSystem(stateDir) }: Pick<
    StageRequest,
    "tempDir" | "stateDir" | "system"
  >,
): Promise<void> {
  let known: ReadonlySet<string> | undefined;
  try {
    known = treesOf(await system.journals.all());
  } catch {
    // Then nobody can tell what in it is foreign, and nothing is mounted without a journal.
  }
  const foreign = await inTempDir(system, tempDir, async () => {
    return known === undefined ? [] : await findForeign(tempDir, known, system.files);
  });
  if (foreign.length > 0) throw foreignContent(tempDir, foreign);
}

/**
 * Makes `temp_dir` if it is missing, and chooses the mount tree in it.
 *
 * @throws {AppError} when the directory can't be made or used
 */
export async function chooseTree(
  system: StagingSystem,
  tempDir: string,
  name: string,
  others: readonly JournalRun[],
): Promise<string> {
  const real = await inTempDir(system, tempDir, () => system.files.realPath(tempDir));
  return freeTree(join(real, name), others);
}

/**
 * Uses the same directory in every run, so that Borg recognises unchanged files; a numbered one only
 * while a crashed run's mounts there are still busy.
 */
export function freeTree(tree: string, others: readonly JournalRun[]): string {
  const used = new Set(others.flatMap(({ trees }) => trees));
  for (let number = 2, candidate = tree;; number++, candidate = `${tree}~${number - 1}`) {
    if (!used.has(candidate)) return candidate;
  }
}

async function inTempDir<T>(
  system: StagingSystem,
  tempDir: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await system.makeTempDir(tempDir);
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot use the directory "${tempDir}": ${reasonOf(error)}`, {
      hint: "Check paths.temp_dir in the configuration",
      cause: error,
    });
  }
}

/** What crashed runs left in their temporary directories, as the journals know it. */
export async function knownTrees(stateDir: string): Promise<ReadonlySet<string>> {
  return treesOf(await readAllJournals(stateDir));
}

function treesOf(journals: readonly Journal[]): ReadonlySet<string> {
  return new Set(journals.flatMap(({ runs }) => runs.flatMap(({ trees }) => trees)));
}

/**
 * Looks for what is in `temp_dir` and no journal knows of.
 *
 * @param known from {@linkcode knownTrees}
 * @throws {Error} when it is not there, or can't be read
 */
export async function findForeign(
  tempDir: string,
  known: ReadonlySet<string>,
  files: Pick<StagingFiles, "realPath" | "readDir"> = Deno,
): Promise<readonly string[]> {
  const real = await files.realPath(tempDir);
  const names = await Array.fromAsync(files.readDir(real), ({ name }) => name);
  return names.filter((name) => !known.has(join(real, name)));
}

/** The error that foreign content is. */
export function foreignContent(tempDir: string, foreign: readonly string[]): AppError {
  const names = foreign.toSorted().slice(0, LISTED).map((name) => JSON.stringify(name)).join(", ");
  const more = foreign.length > LISTED ? ` and ${foreign.length - LISTED} more` : "";
  return new AppError(
    `Cannot use the directory "${tempDir}": it must be empty but contains ${names}${more}`,
    { hint: "Move that away, or set paths.temp_dir to a directory that only autoborg uses" },
  );
}
