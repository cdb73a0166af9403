/** Makes the directory that is restored to, and clears what is replaced in it. @module */
import { dirname } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { statusAt } from "../files/quick_looks.ts";
import type { Danger, Target } from "./directory_trust.ts";

/**
 * Demands that no other user can lead a restore elsewhere. `target` is for messages, as below.
 *
 * @throws {AppError} when there is a danger
 */
export function requireSafe(target: string, danger: Danger | undefined): void {
  if (danger === undefined) return;
  const { path, who } = danger;
  throw new AppError(
    `Cannot restore to "${target}": ${who} can change "${path}" and so redirect the restore`,
    {
      hint: "Restore to a directory below one that only root can enter, such as " +
        "--to /root/restored, and move it from there; --allow-shared takes the risk. " +
        "Nothing was written",
    },
  );
}

/**
 * Makes the directory, with those above it. What is restored may be secret, so a new directory is for
 * its owner alone.
 *
 * @returns whether the new directory shows that we are not root
 * @throws {AppError} when it can't be made, or another process made it in the meantime
 */
export async function makeTarget(target: string, place: Target): Promise<boolean> {
  if (place.exists) return false;
  try {
    const missing: string[] = [];
    for (let path = place.path; statusAt(path) === undefined; path = dirname(path)) {
      missing.unshift(path);
    }
    // The last one must be new: what another user made since the check may be a link.
    if (missing.length === 0) throw new Deno.errors.AlreadyExists("it was created in the meantime");
    for (const path of missing) await Deno.mkdir(path, { mode: 0o700 });
    return (await Deno.lstat(place.path)).uid !== 0;
  } catch (error) {
    throw new AppError(`Cannot create the directory "${target}": ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Removes what is replaced and must not be there any more when Borg comes.
 *
 * @throws {AppError} when one can't be removed: Borg would write through it
 */
export function removeReplaced(target: string, paths: readonly string[]): void {
  for (const path of paths) {
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw new AppError(
        `Cannot restore to "${target}": "${path}" can't be replaced: ${reasonOf(error)}`,
        { hint: "Restore to another directory with --to", cause: error },
      );
    }
  }
}

/** The name of an archive, or with a number behind it, in the working directory; there is none yet. */
export function newDirectory(archive: string): string {
  let name = `./${archive}`;
  for (let number = 2; statusAt(name) !== undefined; number += 1) name = `./${archive}.${number}`;
  return name;
}
