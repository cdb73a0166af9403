/** Removes the directories of the tree itself: mount points that nothing else provides. @module */
import { dirname, join } from "node:path";
import type { JournalMount } from "../../state/journal.ts";
import type { StagingFiles } from "../staging_files.ts";

/**
 * Removes the directories that a run made: only empty ones on the way to its mount points, without
 * ever leaving the file system that the tree lies on, and files of no length and links where a run
 * put them.
 *
 * @returns what is left: nothing, something that the run did not make, or something that is mounted
 */
export async function removeMountPoints(
  files: StagingFiles,
  tree: string,
  mounts: readonly JournalMount[],
): Promise<TreeLeft> {
  let device: number;
  try {
    const [here, above] = [await files.lstat(tree), await files.lstat(dirname(tree))];
    if (here.dev !== above.dev) return "mounted";
    if (!here.isDirectory) return "foreign";
    device = here.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "nothing";
    throw error;
  }
  const own = new Set<string>();
  for (const { target } of mounts) {
    for (let path = target; path.startsWith(`${tree}/`); path = dirname(path)) own.add(path);
  }
  const made = new Set(mounts.flatMap(({ kind, target }) => kind === "bind" ? [target] : []));
  return await removeEmpty(tree, { files, device, own, made });
}

type TreeLeft = "nothing" | "foreign" | "mounted";

interface OwnPlaces {
  readonly files: StagingFiles;
  readonly device: number;
  /** What the run may have made. */
  readonly own: ReadonlySet<string>;
  /** What of it may be a file or a link. */
  readonly made: ReadonlySet<string>;
}

async function removeEmpty(directory: string, places: OwnPlaces): Promise<TreeLeft> {
  const { files, device, own, made } = places;
  const left = new Set<TreeLeft>();
  for (const { name } of await Array.fromAsync(files.readDir(directory))) {
    const path = join(directory, name);
    const info = await files.lstat(path);
    if (info.dev !== device) {
      left.add("mounted");
    } else if (!own.has(path)) {
      left.add("foreign");
    } else if (info.isDirectory) {
      left.add(await removeEmpty(path, places));
    } else if (made.has(path) && (info.isSymlink || (info.isFile && info.size === 0))) {
      await files.remove(path);
    } else {
      left.add("foreign");
    }
  }
  if (left.has("mounted")) return "mounted";
  if (left.has("foreign")) return "foreign";
  // Not recursive: a directory that is not empty stays.
  await files.remove(directory);
  return "nothing";
}
