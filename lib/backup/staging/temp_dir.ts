/**
 * The directory below which everything is mounted.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../../errors.ts";
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
  const known = new Set<string>();
  for (const journal of await readAllJournals(request.state_dir)) {
    for (const run of journal.runs) run.trees.forEach((tree) => known.add(tree));
  }
  const foreign: string[] = [];
  try {
    await Deno.mkdir(temp_dir, { recursive: true, mode: 0o700 });
    const real = await Deno.realPath(temp_dir);
    for await (const entry of Deno.readDir(real)) {
      if (!known.has(join(real, entry.name))) foreign.push(entry.name);
    }
  } catch (error) {
    throw new AppError(`Cannot use the directory "${temp_dir}": ${reasonOf(error)}`, {
      hint: "See paths.temp_dir in the configuration",
      cause: error,
    });
  }
  if (foreign.length === 0) return;
  const names = foreign.toSorted().slice(0, LISTED).map((name) => JSON.stringify(name)).join(", ");
  const more = foreign.length > LISTED ? ` and ${foreign.length - LISTED} more` : "";
  throw new AppError(
    `Cannot use the directory "${temp_dir}": it must be empty and it holds ${names}${more}`,
    { hint: "Move it away, or give autoborg a directory of its own with paths.temp_dir" },
  );
}
