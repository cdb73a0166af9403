/** Finds source directories that lie on ZFS, and what is mounted below them. @module */
import { dirname, join } from "node:path";
import { inTime } from "../../async/deadline.ts";
import { reasonOf } from "../../errors.ts";
import { type Problem, warning } from "../../problem.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import {
  asPrinted,
  mountAt,
  parseMountLine,
  readMountTable,
  zfsSourceAt,
} from "../../zfs/mount_table.ts";
import { isDatasetName } from "../../zfs/dataset_names.ts";
import { type Reason, reasonFor } from "../../zfs/reasons.ts";
import type { SnapshotDirectory, SnapshotDiscovery } from "../snapshot_source.ts";
import type { DatasetSelection, SourceSelection } from "../source_selection.ts";
import { look, type StagingFiles } from "../staging_files.ts";
import { isBelow } from "../tree_paths.ts";

/** Those that can be read from a snapshot; the others are read live. */
type LocatedDirectories = Pick<SnapshotDiscovery, "directories" | "problems">;

interface MountTables {
  readonly files: StagingFiles;
  readonly lines: readonly string[];
  /** Its lines of type `zfs`, read as such: nobody can forge them. */
  readonly zfsLines: readonly string[];
}

/** How long a look at a mount point may take, in milliseconds. */
const TIMEOUT = 10_000;

/** Finds the datasets that directories lie on. */
export async function locateDirectories(
  run: RunZfsCommand,
  files: StagingFiles,
  selection: SourceSelection,
  paths: readonly string[],
): Promise<LocatedDirectories> {
  const { zfs } = selection;
  if (paths.length === 0) return { directories: [], problems: [] };
  const zfsTable = await readMountTable(run, "zfs");
  // A snapshot does not hold what is mounted below a directory, so that has to be known as well.
  const table = await readMountTable(run);
  if (
    zfsTable.kind === "failed" && zfsTable.result.end.kind === "not-started" &&
    zfs.datasets.length === 0
  ) {
    // A machine without the program, such as a small container, has no ZFS to be pointed out.
    return { directories: [], problems: [] };
  }
  if (zfsTable.kind === "failed") return allLive(reasonFor(zfsTable.result, ""));
  if (table.kind === "failed") return allLive(reasonFor(table.result, ""));
  // There is always something mounted: an empty table is a lie.
  if (table.lines.length === 0) return allLive(IT_IS_EMPTY);
  const tables = { files, lines: table.lines, zfsLines: zfsTable.lines };
  const directories: SnapshotDirectory[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      const directory = await findOnZfs(path, tables, selection);
      if (directory === undefined) continue;
      // What is snapshotted anyway is not read a second time while it changes.
      if (zfs.snapshotDirectories || isSelected(directory.dataset, zfs)) {
        directories.push(directory);
      } else problems.push(readLive(path, directory.dataset));
    } catch (error) {
      const hint = "It is read live; check whether its file system responds";
      const message = `Cannot find out whether "${path}" lies on ZFS: ${reasonOf(error)}`;
      problems.push(warning(message, hint));
    }
  }
  return { directories, problems };
}

const IT_IS_EMPTY: Reason = { reason: "it is empty", hint: "Check the output of: mount" };

/** Nothing is known about the directories: read live they are at least complete. */
function allLive({ reason, hint }: Reason): LocatedDirectories {
  const message = `Cannot find out which of the directories lie on ZFS, so they are read live: ` +
    `the mount table cannot be read: ${reason}`;
  return { directories: [], problems: [warning(message, hint)] };
}

function isSelected(dataset: string, zfs: DatasetSelection): boolean {
  return zfs.datasets.some((name) =>
    name === dataset || (zfs.recursive && dataset.startsWith(`${name}/`))
  );
}

function readLive(path: string, dataset: string): Problem {
  return warning(
    `The directory "${path}" is read live: it lies on the dataset ` +
      `"${dataset}", which is not selected`,
    `Set zfs.snapshot_directories = true, or add "${dataset}" to zfs.datasets`,
  );
}

/**
 * Finds the dataset that a directory lies on. There is none when it has to be read live: it lies on
 * something else, on a snapshot, or on a part of a dataset that is mounted elsewhere by a bind mount.
 */
async function findOnZfs(
  path: string,
  tables: MountTables,
  selection: SourceSelection,
): Promise<SnapshotDirectory | undefined> {
  const { files, lines, zfsLines } = tables;
  // The snapshot holds the real directory; the way there through a link would be missing.
  if (await inTime(files.realPath(path), TIMEOUT) !== path) return undefined;
  const mountpoint = await mountPointOf(path, files);
  const dataset = zfsSourceAt(zfsLines, mountpoint);
  if (dataset === undefined) {
    const mounted = mountAt(lines, mountpoint);
    if (mounted === undefined || mounted.type === "zfs") {
      throw new Error(`the mount table does not show what is mounted at "${mountpoint}"`);
    }
  }
  if (dataset === undefined || !isDatasetName(dataset)) return undefined;
  if (await isPartialView(dataset, mountpoint, tables)) return undefined;
  const nested = selection.oneFileSystem
    ? { nestedDatasets: [], nestedMounts: [] }
    : await findNested(path, tables, selection.tempDir);
  return { path, dataset, mountpoint, ...nested };
}

/** Walks up for as long as it stays on the same file system. */
async function mountPointOf(path: string, files: StagingFiles): Promise<string> {
  const { dev } = await look(files, path, TIMEOUT);
  let top = path;
  while (top !== "/" && (await look(files, dirname(top), TIMEOUT)).dev === dev) {
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
  { zfsLines, files }: MountTables,
): Promise<boolean> {
  const here = await look(files, mountpoint, TIMEOUT);
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
  { files, lines, zfsLines }: MountTables,
  tempDir: string,
): Promise<Pick<SnapshotDirectory, "nestedDatasets" | "nestedMounts">> {
  const datasets = new Map<string, string>();
  const mounts = new Set<string>();
  for (const line of lines) {
    const entry = parseMountLine(line);
    const target = entry?.target;
    if (entry === undefined || target === undefined || entry.type === "autofs") continue;
    // What is mounted below temp_dir is our own.
    if (!isBelow(target, path === "/" ? "" : path) || target === tempDir) continue;
    if (isBelow(target, tempDir) || target.includes("/.zfs/snapshot/")) continue;
    if (asPrinted(target) !== target || !await isMountPoint(files, target)) continue;
    const source = zfsSourceAt(zfsLines, target);
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

/** What is gone, hangs or is another user's private FUSE mount could not be read by Borg either. */
async function lookQuietly(files: StagingFiles, path: string): Promise<Deno.FileInfo | undefined> {
  return await look(files, path, TIMEOUT).catch(() => undefined);
}
