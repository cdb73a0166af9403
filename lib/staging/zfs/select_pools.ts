/** Finds out what is to be snapshotted, pool by pool. @module */
import { settleAll } from "../../async/concurrency.ts";
import { aboutSources, failure, type Problem } from "../../problem.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { type Dataset, listDatasets } from "../../zfs/dataset_list.ts";
import { isDatasetName, poolOf } from "../../zfs/dataset_names.ts";
import type { Reason } from "../../zfs/reasons.ts";
import { datasetProblem, selectDatasets } from "../../zfs/selection.ts";
import type {
  DiscoveryRequest,
  PoolSelection,
  SnapshotDirectory,
  SnapshotTarget,
} from "../snapshot_source.ts";

/** Lists each pool with one command, side by side, and selects from the lists. */
export async function selectPools(
  run: RunZfsCommand,
  request: DiscoveryRequest,
  directories: readonly SnapshotDirectory[],
): Promise<readonly PoolSelection[]> {
  const ofDirectories = directories.flatMap((directory) => [
    directory.dataset,
    ...directory.nestedDatasets.map(({ dataset }) => dataset),
  ]);
  const pools = new Set([...request.zfs.datasets, ...ofDirectories].map(poolOf));
  return await settleAll([...pools].map((pool) => selectPool(run, request, pool, ofDirectories)));
}

async function selectPool(
  run: RunZfsCommand,
  request: DiscoveryRequest,
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
    const problem = datasetProblem(dataset, { wanted: [], label });
    if (problem === undefined) snapshotted.push(dataset);
    else failures.set(dataset.name, problem);
  }
  const targets = (some: readonly Dataset[]) => some.map((dataset) => targetOf(dataset, label));
  return {
    pool,
    listed: datasets,
    selected: targets(selected),
    snapshotted: targets(snapshotted),
    problems,
    failures,
  };
}

/** A dataset as something to be snapshotted. */
export function targetOf(dataset: Dataset, label: string): SnapshotTarget {
  const { name, mounted, canmount, reserved } = dataset;
  const hidden = canmount === "off";
  return {
    source: "zfs",
    name,
    snapshot: `${name}@${label}`,
    // What is not meant to be mounted is not at its mount point, which only its children inherit.
    mountpoint: hidden ? undefined : dataset.mountpoint,
    mounted,
    reserved,
    hidden,
  };
}

function listFailure(dataset: string, pool: string, { reason, hint }: Reason): Problem {
  const why = reason === "it does not exist" ? `there is no pool "${pool}"` : reason;
  return aboutSources(failure(`Cannot back up the dataset "${dataset}": ${why}`, hint), dataset);
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
  const hint = 'Name it as "zfs list" does, such as "tank/data"';
  const message = `Cannot back up the dataset "${dataset}": ZFS knows no such names`;
  return aboutSources(failure(message, hint), dataset);
}
