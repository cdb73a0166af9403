/**
 * Decides which directories are read from a snapshot, now that it is known which snapshots there are.
 *
 * @module
 */
import type { Problem } from "../backup/outcome.ts";
import type { SnapshotDirectory } from "./places.ts";
import type { RunSnapshots } from "./snapshot_run.ts";
import type { Survey } from "./survey.ts";

/** The directories as they will be read. */
export interface SortedDirectories {
  readonly onZfs: readonly SnapshotDirectory[];
  readonly live: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Lets a directory whose dataset could not be snapshotted be read live: that is better than not at
 * all, but worth a warning.
 *
 * @param survey where the directories lie
 * @param snapshots which snapshots there are
 */
export function sortDirectories(survey: Survey, snapshots: RunSnapshots): SortedDirectories {
  const { taken, failures } = snapshots;
  const onZfs: SnapshotDirectory[] = [];
  const live = [...survey.live];
  const problems: Problem[] = [];
  for (const directory of survey.onZfs) {
    if (!taken.has(directory.dataset)) {
      live.push(directory.path);
      problems.push(readLive(directory.path, directory.dataset, failures.get(directory.dataset)));
      continue;
    }
    const nested = directory.nestedDatasets.filter(({ dataset }) => taken.has(dataset));
    const without = directory.nestedDatasets.filter(({ dataset }) => !taken.has(dataset));
    for (const { dataset, mountpoint } of without) {
      problems.push(readLive(mountpoint, dataset, failures.get(dataset)));
    }
    onZfs.push({
      ...directory,
      nestedDatasets: nested,
      nestedMounts: [
        ...directory.nestedMounts,
        ...without.map(({ mountpoint }) => mountpoint),
      ],
    });
  }
  return { onZfs, live, problems };
}

function readLive(path: string, dataset: string, failure: Problem | undefined): Problem {
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
