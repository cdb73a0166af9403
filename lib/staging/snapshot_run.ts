/**
 * Takes a run's snapshots; what `before-snapshot` has locked is unlocked right behind them.
 *
 * @module
 */
import type { Dataset } from "../zfs/dataset_list.ts";
import type { SnapshotHooks } from "../backup/hooks.ts";
import type { Problem } from "../backup/outcome.ts";
import { settleAll } from "./commands.ts";
import type { PoolSelection } from "./select_pools.ts";
import {
  type PoolSnapshots,
  secureSnapshots,
  type SnapshotContext,
  takeSnapshots,
} from "./take_snapshots.ts";

/** The snapshots that were taken. */
export interface RunSnapshots {
  /** Datasets that have a snapshot which is held. */
  readonly taken: ReadonlyMap<string, Dataset>;
  /** Why others have none, by the name of the dataset. */
  readonly failures: ReadonlyMap<string, Problem>;
  /** What is wrong with `after-snapshot`. */
  readonly problems: readonly Problem[];
}

/**
 * Writes the intended names down, takes the snapshots of all pools side by side, runs
 * `after-snapshot`, and then secures what was taken.
 *
 * @param hooks whose `before` has run
 * @param context what all pools share
 * @param tree the tree that will hold the mounts
 * @param pools what is to be snapshotted
 * @throws {AppError} when the journal can't be written
 */
export async function snapshotPools(
  hooks: SnapshotHooks,
  context: SnapshotContext,
  tree: string,
  pools: readonly PoolSelection[],
): Promise<RunSnapshots> {
  const wanted = pools.filter(({ snapshotted }) => snapshotted.length > 0);
  const names = wanted.flatMap(({ snapshotted }) =>
    snapshotted.map(({ name }) => `${name}@${context.label}`)
  );
  const problems: Problem[] = [];
  let taken: readonly PoolSnapshots[] = [];
  try {
    await context.keeper.intend((run) => ({
      ...run,
      trees: [tree],
      snapshots: names.map((name) => ({ name, guid: null })),
    }));
    taken = await settleAll(
      wanted.map(({ pool, snapshotted }) => takeSnapshots(context, pool, snapshotted)),
    );
  } finally {
    problems.push(...await hooks.after());
  }
  const secured = await settleAll(taken.map((pool) => secureSnapshots(context, pool)));
  return {
    taken: new Map(
      secured.flatMap((pool) => pool.taken.map((dataset) => [dataset.name, dataset] as const)),
    ),
    failures: new Map([...pools, ...secured].flatMap(({ failures }) => [...failures])),
    problems,
  };
}
