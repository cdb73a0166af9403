/**
 * Decides which directories are read from a snapshot, now that it is known which snapshots there
 * are. Pure.
 *
 * @module
 */
import type { Problem } from "../../problem.ts";
import type { SelectedSources } from "../select/select_sources.ts";
import type { RunSnapshots } from "../snapshot/run_snapshots.ts";
import type { SnapshotTarget } from "../snapshot_source.ts";

/** A target, and where it is mounted live. */
export interface MountedTarget {
  readonly of: SnapshotTarget;
  readonly mountpoint: string;
}

/** A directory that is read from a snapshot. */
export interface ReadableDirectory extends MountedTarget {
  /** The path in the configuration. */
  readonly path: string;
  /** Snapshots that are mounted below it. */
  readonly nested: readonly MountedTarget[];
  /** What is shown live below it. */
  readonly nestedLive: readonly string[];
}

/** The directories as they will be read. */
export interface ReadableDirectories {
  readonly onSnapshots: readonly ReadableDirectory[];
  readonly live: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Lets a directory whose dataset could not be snapshotted be read live: that is better than not at
 * all, but worth a warning.
 */
export function readableDirectories(
  selection: SelectedSources,
  { taken, failures }: Pick<RunSnapshots, "taken" | "failures">,
): ReadableDirectories {
  const onSnapshots: ReadableDirectory[] = [];
  const live = [...selection.live];
  const problems: Problem[] = [];
  const readLive = (path: string, dataset: string) => {
    const failure = failures.get(dataset) ?? selection.failures.get(dataset);
    problems.push(liveWarning(path, dataset, failure));
    return path;
  };
  for (const { path, dataset, mountpoint, ...below } of selection.onSnapshots) {
    const of = taken.get(dataset);
    if (of === undefined) {
      live.push(readLive(path, dataset));
      continue;
    }
    const nested: MountedTarget[] = [];
    const nestedLive = [...below.nestedMounts];
    for (const { dataset, mountpoint } of below.nestedDatasets) {
      const of = taken.get(dataset);
      if (of === undefined) nestedLive.push(readLive(mountpoint, dataset));
      else nested.push({ of, mountpoint });
    }
    onSnapshots.push({ path, of, mountpoint, nested, nestedLive });
  }
  return { onSnapshots, live, problems };
}

function liveWarning(path: string, dataset: string, failure: Problem | undefined): Problem {
  const why = failure === undefined
    ? `there is no snapshot of its dataset "${dataset}"`
    : failure.message.replace(/^Cannot/, "autoborg cannot");
  return {
    severity: "warning",
    message: `The directory "${path}" is read while it changes: ${why}`,
    hint: failure?.hint ??
      "See the output of the commands in the log of this run; zfs.snapshot_directories = false " +
        "reads it live without a warning",
  };
}
