/**
 * Finds out what is to be snapshotted, pool by pool.
 *
 * @module
 */
import type { RunZfsCommand } from "../zfs/command.ts";
import { type Dataset, listDatasets } from "../zfs/dataset_list.ts";
import { isDatasetName, poolOf } from "../zfs/dataset_names.ts";
import type { Reason } from "../zfs/reasons.ts";
import { obstacle, selectDatasets } from "../zfs/selection.ts";
import type { Problem } from "../backup/outcome.ts";
import { settleAll } from "./commands.ts";
import type { SnapshotDirectory } from "./places.ts";
import type { DatasetWishes } from "./source_wishes.ts";

/** What is asked for. */
export interface PoolsRequest {
  readonly zfs: DatasetWishes;
  /** Directories that lie on ZFS. */
  readonly directories: readonly SnapshotDirectory[];
  /** The part of the snapshots' names behind the `@`. */
  readonly label: string;
}

/** One pool's part. */
export interface PoolSelection {
  readonly pool: string;
  /** All datasets of the pool; `undefined` when they could not be listed. */
  readonly listed: readonly Dataset[] | undefined;
  /** Datasets that are archived as such. */
  readonly selected: readonly Dataset[];
  /** All that get a snapshot: these, and those that directories lie on. */
  readonly snapshotted: readonly Dataset[];
  readonly problems: readonly Problem[];
  /** Why datasets that only directories lie on get no snapshot, by their names. */
  readonly failures: ReadonlyMap<string, Problem>;
}

/**
 * Lists each pool with one command, side by side, and selects from the lists.
 *
 * @param run runs the commands
 * @param request what is asked for
 */
export async function selectPools(
  run: RunZfsCommand,
  request: PoolsRequest,
): Promise<readonly PoolSelection[]> {
  const ofDirectories = request.directories.flatMap((directory) => [
    directory.dataset,
    ...directory.nestedDatasets.map(({ dataset }) => dataset),
  ]);
  const pools = new Set([...request.zfs.datasets, ...ofDirectories].map(poolOf));
  return await settleAll([...pools].map((pool) => selectPool(run, request, pool, ofDirectories)));
}

async function selectPool(
  run: RunZfsCommand,
  request: PoolsRequest,
  pool: string,
  ofDirectories: readonly string[],
): Promise<PoolSelection> {
  const wanted = request.zfs.datasets.filter((dataset) => poolOf(dataset) === pool);
  const below = new Set(ofDirectories.filter((dataset) => poolOf(dataset) === pool));
  const impossible = wanted.filter((dataset) => !isDatasetName(dataset));
  if (impossible.length > 0 && impossible.length === wanted.length && below.size === 0) {
    return { ...nothing(pool), problems: impossible.map(notAName) };
  }
  const list = await listDatasets(run, pool);
  if (list.kind === "failed") {
    const failed = (dataset: string) => listFailure(dataset, pool, list.reason);
    return {
      ...nothing(pool),
      problems: wanted.map(failed),
      failures: new Map([...below].map((dataset) => [dataset, failed(dataset)])),
    };
  }
  const { recursive, exclude } = request.zfs;
  const { label } = request;
  const { datasets } = list;
  const { selected, problems } = selectDatasets({ datasets, wanted, recursive, exclude, label });
  const snapshotted = [...selected];
  const failures = new Map<string, Problem>();
  for (const dataset of datasets) {
    if (!below.has(dataset.name) || selected.includes(dataset)) continue;
    const problem = obstacle(dataset, { wanted: [], label });
    if (problem === undefined) snapshotted.push(dataset);
    else failures.set(dataset.name, problem);
  }
  return { pool, listed: datasets, selected, snapshotted, problems, failures };
}

function listFailure(dataset: string, pool: string, { reason, hint }: Reason): Problem {
  const why = reason === "it does not exist" ? `there is no pool "${pool}"` : reason;
  return { severity: "error", message: `Cannot back up the dataset "${dataset}": ${why}`, hint };
}

function nothing(pool: string): PoolSelection {
  return {
    pool,
    listed: undefined,
    selected: [],
    snapshotted: [],
    problems: [],
    failures: new Map(),
  };
}

function notAName(dataset: string): Problem {
  return {
    severity: "error",
    message: `Cannot back up the dataset "${dataset}": ZFS knows no such names`,
    hint: 'Name it as "zfs list" does, such as "tank/data"',
  };
}
