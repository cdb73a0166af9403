/**
 * Finds the file systems that are mounted below the sources: those that `one_file_system` keeps out of
 * the archive, or else those whose data would be missing from it if they were not mounted.
 *
 * @module
 */
import { dirname } from "node:path";
import { mapConcurrent } from "../async/concurrency.ts";
import { parseMountLine, readMountTable } from "../zfs/mount_table.ts";
import { hasData, isTemporaryPlace, lastingMounts } from "./lasting_mounts.ts";
import type { StagingTools } from "./snapshot_source.ts";
import type { MountBelow, StageRequest, Staging } from "./staging.ts";
import { look, type StagingFiles } from "./staging_files.ts";
import { isWithin } from "../text/path_parts.ts";
import { inTree, isBelow } from "./tree_paths.ts";

/** How long a look at a mount point may take, in milliseconds. */
const TIMEOUT = 5_000;

/** What is asked. */
interface MountsRequest
  extends Pick<StageRequest, "oneFileSystem" | "ownRepositories" | "tempDir"> {
  /** The sources that are directories. */
  readonly directories: readonly string[];
  /** Mount points of other sources. */
  readonly others: readonly string[];
}

/** Finds what is mounted below directories, is a device of its own, and no source itself. */
export async function findMountsBelow(
  { run, files }: Pick<StagingTools, "run" | "files">,
  { oneFileSystem, ownRepositories = [], tempDir, directories, others }: MountsRequest,
): Promise<Pick<Staging, "mounts" | "passedOver">> {
  if (directories.length === 0) return { passedOver: [], mounts: NO_MOUNTS };
  const table = await readMountTable(run);
  if (table.kind === "failed") return { passedOver: [], mounts: undefined };
  const all = table.lines.flatMap((line) => parseMountLine(line) ?? []);
  const targets = new Set(all.map(({ target }) => target));
  const sources = directories.toSorted((a, b) => b.length - a.length);
  const known = new Set([...directories, ...others]);
  const candidates = oneFileSystem ? all.filter(hasData) : lastingMounts(table.lines);
  const found = candidates.flatMap(({ target, type }): MountBelow[] => {
    const source = sources.find((path) => isBelow(inTree(target), inTree(path)));
    if (source === undefined || known.has(target)) return [];
    const isTemporary = isTemporaryPlace(target) && !isTemporaryPlace(source);
    if (isTemporary && !oneFileSystem) return [];
    return [{ source, mountPoint: target, type }];
  });
  const unique = [...new Map(found.map((one) => [one.mountPoint, one])).values()];
  const devices = await mapConcurrent(unique, ({ source, mountPoint }) => {
    // Borg compares with the source. A service has mounts that show a directory where it is already.
    return compareDevices(files, oneFileSystem ? source : dirname(mountPoint), mountPoint);
  });
  const are = (...kinds: readonly Device[]) =>
    unique.filter((_one, index) => kinds.includes(devices[index] ?? "unknown"));
  if (oneFileSystem) return { passedOver: are("other"), mounts: { lasting: [], targets } };
  // A disk for repositories may be plugged in for them alone, and trees of other runs go again.
  const lasting = are("other", "unknown").filter(({ mountPoint }) =>
    !ownRepositories.some(({ path }) => isWithin(path, mountPoint)) &&
    !isWithin(mountPoint, tempDir)
  );
  return { passedOver: [], mounts: { lasting, targets } };
}

const NO_MOUNTS = { lasting: [], targets: new Set<string>() };

type Device = "same" | "other" | "hidden" | "unknown";

/** Borg enters a directory that is bound to another one of the same file system. */
async function compareDevices(
  files: StagingFiles,
  outer: string,
  mountPoint: string,
): Promise<Device> {
  try {
    const [above, here] = await Promise.all([
      look(files, outer, TIMEOUT),
      look(files, mountPoint, TIMEOUT),
    ]);
    return above.dev === here.dev ? "same" : "other";
  } catch (error) {
    // Under another mount, or on a server that does not answer: there is no telling what is in it.
    return error instanceof Deno.errors.NotFound ? "hidden" : "unknown";
  }
}
