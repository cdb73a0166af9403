/**
 * Finds out what there is of the sources: which directories are there, and what can be snapshotted.
 *
 * @module
 */
import { inTime } from "../../async/deadline.ts";
import { reasonOf } from "../../errors.ts";
import { failure, type Problem } from "../../problem.ts";
import type { DiscoveryRequest, DiscoveryTools, SnapshotDiscovery } from "../snapshot_source.ts";
import { look, PATIENCE, type StagingFiles } from "../staging_files.ts";

/** The sources as they are. */
export interface DiscoveredSources {
  readonly paths: readonly string[];
  /** A problem for each of the other directories. */
  readonly missing: readonly Problem[];
  /** What each source of snapshots covers. */
  readonly snapshots: readonly SnapshotDiscovery[];
}

/**
 * Discovers the sources. `mount` is started when there are directories, `zfs list` for each pool.
 */
export async function discoverSources(
  tools: DiscoveryTools,
  request: DiscoveryRequest,
): Promise<DiscoveredSources> {
  const { paths, missing } = await findDirectories(request.directories, tools.files);
  const snapshots: SnapshotDiscovery[] = [];
  let left = paths;
  for (const source of tools.sources) {
    const found = await source.discover(tools, request, left);
    left = left.filter((path) => !found.directories.some((covered) => covered.path === path));
    snapshots.push(found);
  }
  return { paths, missing, snapshots };
}

/**
 * Discovers the sources once more when a directory has come that was missing. What was there is not
 * looked at again for nothing: `before-snapshot` may have locked something.
 */
export async function discoverMissing(
  tools: DiscoveryTools,
  request: DiscoveryRequest,
  known: DiscoveredSources,
): Promise<DiscoveredSources> {
  if (known.missing.length === 0) return known;
  const missing = request.directories.filter((directory) => !known.paths.includes(directory));
  const { paths } = await findDirectories(missing, tools.files);
  return paths.length === 0 ? known : await discoverSources(tools, request);
}

/** Looks which source directories are there. */
async function findDirectories(
  directories: readonly string[],
  files: StagingFiles,
): Promise<Pick<DiscoveredSources, "paths" | "missing">> {
  const unique = [...new Set(directories)];
  const faults = await Promise.all(unique.map((path) => faultOf(path, files)));
  return {
    paths: unique.filter((_, index) => faults[index] === undefined),
    missing: faults.flatMap((problem) => problem ?? []),
  };
}

/** Why a source directory can't be read. */
async function faultOf(path: string, files: StagingFiles): Promise<Problem | undefined> {
  try {
    const info = await look(files, path);
    if (!info.isSymlink) return undefined;
    const target = await inTime(files.realPath(path), PATIENCE);
    return failure(
      `Cannot back up "${path}": it is a symbolic link, and the archive would hold the link alone`,
      `Name the directory itself in sources.directories: "${target}"`,
    );
  } catch (error) {
    const hint = "Create it, mount it, or take it out of sources.directories";
    return failure(`Cannot back up "${path}": ${reasonOf(error)}`, hint);
  }
}
