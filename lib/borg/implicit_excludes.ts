/**
 * What `borg create` leaves out without being asked to and without a word: its own cache, and the
 * repository that it writes to. See `skip_inodes` in Borg's archiver.
 *
 * @module
 */
import { dirname } from "node:path";
import type { InheritedEnvironment } from "./environment.ts";
import { ownDirectories } from "./own_directories.ts";
import { type BorgRepository, localPath } from "./repository.ts";

/** Says whether Borg leaves a path out by itself. */
export type ImplicitExcludes = (path: string) => Promise<boolean>;

/**
 * Looks for what Borg leaves out by itself. As in Borg, a directory is known by its inode: in a
 * snapshot it is another one, and Borg reads it.
 *
 * @param inherited our own environment, as far as Borg may see it
 * @returns tells of an absolute path whether it lies in such a directory; of all paths when nobody
 *   knows where the cache is
 */
export async function implicitExcludes(
  repository: Pick<BorgRepository, "url">,
  inherited: InheritedEnvironment,
): Promise<ImplicitExcludes> {
  const { cache } = ownDirectories(inherited);
  if (cache === undefined) return () => Promise.resolve(true);
  const own = [cache, localPath(repository.url)].filter((path) => path !== undefined);
  const inodes = new Set((await Promise.all(own.map(inodeOf))).filter((one) => one !== undefined));
  return async (path) => {
    for (let at = path; at !== dirname(at); at = dirname(at)) {
      const inode = await inodeOf(at);
      if (inode !== undefined && inodes.has(inode)) return true;
    }
    return false;
  };
}

async function inodeOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await Deno.stat(path);
    return `${dev}:${ino}`;
  } catch {
    // What is not there holds nothing that Borg could leave out.
    return undefined;
  }
}
