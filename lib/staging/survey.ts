/**
 * Looks over the source directories: which of them lie on ZFS.
 *
 * @module
 */
import type { RunZfsCommand } from "../zfs/command.ts";
import { readMountTable } from "../zfs/mount_table.ts";
import { type Reason, reasonFor } from "../zfs/reasons.ts";
import { reasonOf } from "../errors.ts";
import type { Problem } from "../backup/outcome.ts";
import { findOnZfs } from "./directories_on_zfs.ts";
import type { SnapshotDirectory } from "./places.ts";
import type { DatasetWishes, SourceWishes } from "./source_wishes.ts";
import type { StagingFiles } from "./system.ts";

/** The directories, sorted. */
export interface Survey {
  /** Those that can be read from a snapshot. */
  readonly onZfs: readonly SnapshotDirectory[];
  /** Those that are read live. */
  readonly live: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Sorts the directories.
 *
 * @param run runs `mount`
 * @param request the configuration's wishes
 * @param paths the directories that are there
 * @param files the file system
 */
export async function surveyDirectories(
  run: RunZfsCommand,
  request: Omit<SourceWishes, "directories">,
  paths: readonly string[],
  files: StagingFiles,
): Promise<Survey> {
  const { zfs, one_file_system, temp_dir } = request;
  if (paths.length === 0) return { onZfs: [], live: [], problems: [] };
  const zfsTable = await readMountTable(run, "zfs");
  const table = await readMountTable(run);
  // A snapshot does not hold what is mounted below a directory, so that has to be known as well.
  if (
    zfsTable.kind === "failed" && zfsTable.result.end.kind === "not-started" &&
    zfs.datasets.length === 0
  ) {
    // A machine without the program, such as a small container, has no ZFS to be pointed out.
    return { onZfs: [], live: paths, problems: [] };
  }
  if (zfsTable.kind === "failed") return allLive(paths, reasonFor(zfsTable.result, ""));
  if (table.kind === "failed") return allLive(paths, reasonFor(table.result, ""));
  // There is always something mounted: an empty table is a lie.
  if (table.lines.length === 0) return allLive(paths, IT_IS_EMPTY);
  const context = {
    lines: table.lines,
    zfsLines: zfsTable.lines,
    one_file_system,
    temp_dir,
    files,
  };
  const onZfs: SnapshotDirectory[] = [];
  const live: string[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      const directory = await findOnZfs(path, context);
      if (directory === undefined) live.push(path);
      // What is snapshotted anyway is not read a second time while it changes.
      else if (zfs.snapshot_directories || isSelected(directory.dataset, zfs)) {
        onZfs.push(directory);
      } else {
        live.push(path);
        problems.push(readLive(path, directory.dataset));
      }
    } catch (error) {
      live.push(path);
      problems.push({
        severity: "warning",
        message: `Cannot find out whether "${path}" lies on ZFS: ${reasonOf(error)}`,
        hint: "It is read as it is; see whether its file system answers",
      });
    }
  }
  return { onZfs, live, problems };
}

const IT_IS_EMPTY: Reason = { reason: "it is empty", hint: "See what mount prints" };

/** Nothing is known about the directories: read live they are at least complete. */
function allLive(paths: readonly string[], { reason, hint }: Reason): Survey {
  const message = `Cannot find out which of the directories lie on ZFS, so they are read while ` +
    `they change: the mount table cannot be read: ${reason}`;
  return { onZfs: [], live: paths, problems: [{ severity: "warning", message, hint }] };
}

function isSelected(dataset: string, zfs: DatasetWishes): boolean {
  return zfs.datasets.some((name) =>
    name === dataset || (zfs.recursive && dataset.startsWith(`${name}/`))
  );
}

function readLive(path: string, dataset: string): Problem {
  return {
    severity: "warning",
    message: `The directory "${path}" is read while it changes: it lies on the dataset ` +
      `"${dataset}", which is not selected`,
    hint: `Set zfs.snapshot_directories = true, or add "${dataset}" to zfs.datasets`,
  };
}
