/** Decides what is snapshotted, and what is read live. Pure. @module */
import type { Problem } from "../../problem.ts";
import type { DiscoveredSources } from "../discover/discover_sources.ts";
import type { PoolSelection, SnapshotDirectory, SnapshotTarget } from "../snapshot_source.ts";

/** What is backed up, and how. */
export interface SelectedSources {
  /** All that get a snapshot, pool by pool. */
  readonly pools: readonly (readonly SnapshotTarget[])[];
  readonly datasets: readonly SnapshotTarget[];
  readonly onSnapshots: readonly SnapshotDirectory[];
  readonly live: readonly string[];
  /** Why targets that only directories lie on get no snapshot, by their names. */
  readonly failures: ReadonlyMap<string, Problem>;
  readonly problems: readonly Problem[];
}

/** Selects from what was discovered. */
export function selectSources({ paths, snapshots }: DiscoveredSources): SelectedSources {
  const onSnapshots = snapshots.flatMap(({ directories }) => directories);
  const covered = new Set(onSnapshots.map(({ path }) => path));
  const pools = poolsOf({ snapshots });
  return {
    pools: pools.map(({ snapshotted }) => snapshotted).filter(({ length }) => length > 0),
    datasets: pools.flatMap(({ selected }) => selected),
    onSnapshots,
    live: paths.filter((path) => !covered.has(path)),
    failures: new Map(pools.flatMap(({ failures }) => [...failures])),
    problems: [...snapshots, ...pools].flatMap(({ problems }) => problems),
  };
}

/** All pools that sources of snapshots have found. */
export function poolsOf(
  { snapshots }: Pick<DiscoveredSources, "snapshots">,
): readonly PoolSelection[] {
  return snapshots.flatMap(({ pools }) => pools);
}
