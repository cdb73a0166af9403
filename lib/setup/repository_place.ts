/** Where the repository of a new configuration shall be. @module */
import { dirname } from "node:path";
import { parseRepositoryUrl } from "../config/repository_url.ts";
import type { Problem } from "../problem.ts";
import { type DiskPlace, diskProblem } from "../staging/repository_disk.ts";
import type { MountLine } from "../zfs/mount_table.ts";

/** Names a repository by its url: after its host, or as what it mostly is. */
export function labelFor(url: string): string {
  if (localPath(url) !== undefined) return "disk";
  const [, host = ""] = /^(?:ssh:\/\/)?(?:[^@/]*@)?([^:/]+)/.exec(url) ?? [];
  const [first = ""] = host.split(".");
  return /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(first) ? first : "offsite";
}

/** The path of a repository on this machine; `undefined`: it is on another one. */
export function localPath(url: string): string | undefined {
  const location = parseRepositoryUrl(url);
  return location.kind === "local" ? location.path : undefined;
}

/** Says why Borg can't make a repository at a path of this machine; `undefined`: it can. */
export async function missingParent(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  const info = await Deno.stat(parent).catch(() => undefined);
  return info?.isDirectory === true
    ? undefined
    : `expected the directory "${parent}" to exist: mount the disk, or create the directory`;
}

/**
 * Says what is wrong with the disk on which a repository is going to be made.
 *
 * @param path where, absolute
 * @param sources what is backed up: directories, and where datasets are mounted
 */
export async function diskProblemAt(
  repository: { readonly label: string; readonly path: string },
  sources: readonly string[],
  mounts: readonly MountLine[],
): Promise<Problem | undefined> {
  const chain = await ancestry(repository.path);
  const places = await Promise.all(sources.map(placeOf));
  return diskProblem({ ...repository, sameDisk: false }, chain, places.flat(), mounts);
}

/** The directories that there are already on the way to a path, the innermost first. */
async function ancestry(path: string): Promise<readonly DiskPlace[]> {
  const above = dirname(path) === path ? [] : await ancestry(dirname(path));
  return [...await placeOf(path), ...above];
}

async function placeOf(path: string): Promise<readonly DiskPlace[]> {
  try {
    const { dev } = await Deno.stat(path);
    return [{ live: path, real: await Deno.realPath(path), dev }];
  } catch {
    return [];
  }
}
