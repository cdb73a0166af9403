/**
 * Finds the file systems that `one_file_system` keeps out of the archive.
 *
 * @module
 */
import { mapConcurrent } from "../async/concurrency.ts";
import { type MountLine, parseMountLine, readMountTable } from "../zfs/mount_table.ts";
import type { StagingTools } from "./snapshot_source.ts";
import type { PassedOver } from "./staging.ts";
import { look, type StagingFiles } from "./staging_files.ts";
import { inTree, isBelow } from "./tree_paths.ts";

/** How long a look at a mount point may take, in milliseconds. */
const PATIENCE = 5_000;

/** The kernel's own, and what containers and packages are mounted from. */
const NO_DATA: ReadonlySet<string> = new Set([
  ...["autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts"],
  ...["devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc"],
  ...["pstore", "ramfs", "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tracefs"],
]);
/** What is mounted there is made anew at every start. */
const VOLATILE = ["dev", "proc", "run", "sys"];

/**
 * Finds what is mounted below directories, is a device of its own, and no source itself.
 *
 * @param directories the sources that are directories
 * @param others mount points of other sources
 * @returns nothing when the mount table can't be read
 */
export async function findPassedOver(
  { run, files }: Pick<StagingTools, "run" | "files">,
  directories: readonly string[],
  others: readonly string[],
): Promise<readonly PassedOver[]> {
  if (directories.length === 0) return [];
  const table = await readMountTable(run);
  if (table.kind === "failed") return [];
  const sources = directories.toSorted((a, b) => b.length - a.length);
  const known = new Set([...directories, ...others]);
  const mounts = table.lines.flatMap((line) => parseMountLine(line) ?? []).filter(hasData);
  const found = mounts.flatMap(({ target, type }) => {
    const source = sources.find((path) => isBelow(inTree(target), inTree(path)));
    if (source === undefined || known.has(target)) return [];
    return [{ source, mountPoint: target, type }];
  });
  const unique = new Map(found.map((one) => [one.mountPoint, one]));
  const kept = await mapConcurrent([...unique.values()], async (one) => {
    return await isOtherDevice(files, one) ? [one] : [];
  });
  return kept.flat();
}

function hasData({ target, type }: MountLine): boolean {
  const at = inTree(target);
  return !NO_DATA.has(type) && !VOLATILE.some((top) => at === top || isBelow(at, top));
}

/** Borg enters a directory that is bound to another one of the same file system. */
async function isOtherDevice(
  files: StagingFiles,
  { source, mountPoint }: PassedOver,
): Promise<boolean> {
  try {
    const [outer, inner] = await Promise.all([
      look(files, source, PATIENCE),
      look(files, mountPoint, PATIENCE),
    ]);
    return outer.dev !== inner.dev;
  } catch {
    // Gone, or a server that does not answer: nobody can tell what is in it.
    return false;
  }
}
