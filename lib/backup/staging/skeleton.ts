/**
 * The directories of the tree itself: mount points that nothing else provides.
 *
 * @module
 */
import { join } from "node:path";

/**
 * Removes the directories that a run made: only empty ones, without ever leaving the file system
 * that the tree lies on, and files of no length where a run mounted a file.
 *
 * @param tree the run's tree
 * @param files where the run made such files
 * @returns whether the tree is gone
 */
export async function removeSkeleton(
  tree: string,
  files: ReadonlySet<string>,
): Promise<boolean> {
  let device: number;
  try {
    device = (await Deno.lstat(tree)).dev;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
  return await removeEmpty(tree, device, files);
}

async function removeEmpty(
  directory: string,
  device: number,
  files: ReadonlySet<string>,
): Promise<boolean> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    const info = await Deno.lstat(path);
    if (info.dev !== device) return false;
    if (info.isDirectory) {
      if (!await removeEmpty(path, device, files)) return false;
    } else if (!files.has(path) || (info.isFile && info.size > 0)) {
      return false;
    } else {
      await Deno.remove(path);
    }
  }
  // Not recursive: a directory that is not empty stays.
  await Deno.remove(directory);
  return true;
}
