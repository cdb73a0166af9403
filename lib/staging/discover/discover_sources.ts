/**
 * Finds out what there is of the sources: which directories are there, and what can be snapshotted.
 *
 * @module
 */
import type { Problem } from "../../problem.ts";
import type { DiscoveryRequest, DiscoveryTools, SnapshotDiscovery } from "../snapshot_source.ts";
import { findDirectories } from "./source_directories.ts";

/** The sources as they are. */
export interface DiscoveredSources {
  /** Directories that are there. */
  readonly paths: readonly string[];
  /** A problem for each of the other directories. */
  readonly missing: readonly Problem[];
  /** What each source of snapshots covers. */
  readonly snapshots: readonly SnapshotDiscovery[];
}

/**
 * Discovers the sources. `mount` is started when there are directories, `zfs list` for each pool.
 *
 * @param tools with what
 * @param request which sources
 */
export async function discoverSources(
  tools: DiscoveryTools,
  request: DiscoveryRequest,
): Promise<DiscoveredSources> {
  const { paths, problems: missing } = await findDirectories(request.directories, tools.files);
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
 *
 * @param tools with what
 * @param request which sources
 * @param known what was there before
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
