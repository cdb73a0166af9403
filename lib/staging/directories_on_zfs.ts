/**
 * Finds source directories that lie on ZFS, and what is mounted below them.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { isDatasetName } from "../zfs/dataset_names.ts";
import { asPrinted, mountAt, parseMountLine, zfsSourceAt } from "../zfs/mount_table.ts";
import { isBelow } from "./places.ts";
import type { SnapshotDirectory } from "./places.ts";
import { inTime } from "./live_directories.ts";
import type { StagingFiles } from "./system.ts";

/** Where directories are looked for. */
export interface DirectoryContext {
  /** All lines of the mount table. */
  readonly lines: readonly string[];
  /** Its lines of type `zfs`, read as such: nobody can forge them. */
  readonly zfsLines: readonly string[];
  readonly one_file_system: boolean;
  /** What is mounted below it is our own. */
  readonly temp_dir: string;
  readonly files: StagingFiles;
}

/** How long a look at a mount point may take, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Finds the dataset that a directory lies on.
 *
 * @param path absolute and normalised
 * @param context where to look
 * @returns the dataset, and what is mounted below the directory; `undefined` when it has to be read
 *   live: it lies on something else, on a snapshot, or on a part of a dataset that is mounted
 *   elsewhere by a bind mount
 */
export async function findOnZfs(
  path: string,
  context: DirectoryContext,
): Promise<SnapshotDirectory | undefined> {
  // The snapshot holds the real directory; the way there through a link would be missing.
  if (await inTime(context.files.realPath(path), PATIENCE) !== path) return undefined;
  const mountpoint = await mountPointOf(path, context.files);
  const dataset = zfsSourceAt(context.zfsLines, mountpoint);
  if (dataset === undefined) {
    const mounted = mountAt(context.lines, mountpoint);
    if (mounted === undefined || mounted.type === "zfs") {
      throw new Error(`the mount table does not show what is mounted at "${mountpoint}"`);
    }
  }
  if (dataset === undefined || !isDatasetName(dataset)) return undefined;
  if (await isPartialView(dataset, mountpoint, context)) return undefined;
  const nested = context.one_file_system
    ? { nestedDatasets: [], nestedMounts: [] }
    : await findNested(path, context);
  return { path, dataset, mountpoint, ...nested };
}

/** Walks up for as long as it stays on the same file system. */
async function mountPointOf(path: string, files: StagingFiles): Promise<string> {
  const { dev } = await inTime(files.lstat(path), PATIENCE);
  let top = path;
  while (top !== "/" && (await inTime(files.lstat(dirname(top)), PATIENCE)).dev === dev) {
    top = dirname(top);
  }
  return top;
}

/**
 * Whether only a part of a dataset is shown at a mount point, and the root of it elsewhere. Only the
 * root has a `.zfs`, which is hidden but can be looked up; where that is disabled the mount that was
 * made first is the real one.
 */
async function isPartialView(
  dataset: string,
  mountpoint: string,
  { zfsLines, files }: DirectoryContext,
): Promise<boolean> {
  const here = await inTime(files.lstat(mountpoint), PATIENCE);
  if (await lookQuietly(files, join(mountpoint, ".zfs")) !== undefined) return false;
  for (const line of zfsLines) {
    if (!line.startsWith(`${dataset} on /`)) continue;
    const target = parseMountLine(line)?.target;
    if (target === mountpoint) return false;
    const there = target === undefined ? undefined : await lookQuietly(files, target);
    if (there?.dev === here.dev && there.ino !== here.ino) return true;
  }
  return false;
}

async function findNested(
  path: string,
  context: DirectoryContext,
): Promise<Pick<SnapshotDirectory, "nestedDatasets" | "nestedMounts">> {
  const datasets = new Map<string, string>();
  const mounts = new Set<string>();
  for (const line of context.lines) {
    const entry = parseMountLine(line);
    const target = entry?.target;
    if (entry === undefined || target === undefined || entry.type === "autofs") continue;
    if (!isBelow(target, path === "/" ? "" : path) || target === context.temp_dir) continue;
    if (isBelow(target, context.temp_dir) || target.includes("/.zfs/snapshot/")) continue;
    if (asPrinted(target) !== target || !await isMountPoint(context.files, target)) continue;
    const source = zfsSourceAt(context.zfsLines, target);
    if (source !== undefined && isDatasetName(source)) datasets.set(target, source);
    else mounts.add(target);
  }
  const outermost = [...mounts].filter((at) => ![...mounts].some((other) => isBelow(at, other)));
  const nestedDatasets = [...datasets]
    .filter(([mountpoint]) => !outermost.some((other) => isBelow(mountpoint, other)))
    .map(([mountpoint, dataset]) => ({ mountpoint, dataset }));
  return { nestedDatasets, nestedMounts: outermost };
}

/** A mount point that another mount covers is not one that anybody sees. */
async function isMountPoint(files: StagingFiles, path: string): Promise<boolean> {
  const [here, above] = await Promise.all([
    lookQuietly(files, path),
    lookQuietly(files, dirname(path)),
  ]);
  return here !== undefined && above !== undefined && here.dev !== above.dev;
}

async function lookQuietly(
  files: StagingFiles,
  path: string,
): Promise<Deno.FileInfo | undefined> {
  try {
    return await inTime(files.lstat(path), PATIENCE);
  } catch {
    // Gone, hanging or somebody's private FUSE mount: Borg could not read it either.
    return undefined;
  }
}
