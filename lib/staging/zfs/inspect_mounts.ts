/** Looks whether mounted snapshots are what they are taken for. @module */
import { dirname } from "node:path";
import { mapConcurrent } from "../../async/concurrency.ts";
import { reasonOf } from "../../errors.ts";
import { type Problem, warning } from "../../problem.ts";
import { findZfsMount, type MountTableReading, readMountTable } from "../../zfs/mount_table.ts";
import { reasonFor } from "../../zfs/reasons.ts";
import type { MountedSnapshot, MountFinding, StagingTools } from "../snapshot_source.ts";
import { look, type StagingFiles } from "../staging_files.ts";

/**
 * Inspects mounts.
 *
 * @returns what was found, in the order of the mounts
 */
export async function inspectMounts(
  { run, files }: StagingTools,
  mounts: readonly MountedSnapshot[],
): Promise<readonly MountFinding[]> {
  const table = await readMountTable(run, "zfs");
  return await mapConcurrent(mounts, async (mount) => {
    try {
      const fault = await faultOf(files, table, mount);
      if (fault !== undefined) return { fault, warnings: [] };
      return { warnings: await hiddenData(files, mount) };
    } catch (error) {
      return { fault: reasonOf(error), warnings: [] };
    }
  });
}

async function faultOf(
  files: StagingFiles,
  table: MountTableReading,
  { of, path }: MountedSnapshot,
): Promise<string | undefined> {
  if (table.kind === "failed") {
    return `the mount table cannot be read: ${reasonFor(table.result, "").reason}`;
  }
  // A tiny file system for mount points may lie on top of it.
  const found = findZfsMount(table.lines, of.snapshot, path);
  if (found === undefined) return "it is not in the mount table";
  if (!found.readOnly) return "it is not read-only";
  const [here, above] = [await look(files, path), await look(files, dirname(path))];
  return above.dev === here.dev ? "there is no mount point" : undefined;
}

/** Data in a dataset that is never mounted is out of its owner's sight. */
async function hiddenData(
  files: StagingFiles,
  { of, at, path }: MountedSnapshot,
): Promise<readonly Problem[]> {
  if (of.hidden !== true) return [];
  for await (const _file of files.readDir(path)) {
    return [warning(
      `The dataset "${of.name}" has canmount=off but contains files, which are normally ` +
        `hidden; they are archived below "${at}"`,
      `Look at them after "zfs set canmount=noauto" and "zfs mount", or add the dataset to ` +
        `zfs.exclude`,
    )];
  }
  return [];
}
