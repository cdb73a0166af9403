/**
 * Stages a run that has anything to do with ZFS.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import type { JournalRun } from "../state/journal.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import type { Problem } from "../backup/outcome.ts";
import type { Staging } from "./staging.ts";
import { JournalKeeper } from "./journal_keeper.ts";
import { stageLive } from "./live_directories.ts";
import type { SeenSources } from "./look_over.ts";
import { findPlaces, pathsForBorg } from "./places.ts";
import { releaser } from "./release.ts";
import { snapshotPools } from "./snapshot_run.ts";
import { sortDirectories } from "./sort_directories.ts";
import { stagedSources } from "./staged_sources.ts";
import type { StageRequest } from "./stage.ts";
import { StagingStopped } from "./staging_stopped.ts";
import type { StagingSystem } from "./system.ts";
import type { SnapshotContext } from "./take_snapshots.ts";
import { buildSplitTree, rootToSplit } from "./split_root.ts";
import { buildWholeTree } from "./tree.ts";

/** What is staged, and with what. */
export interface ZfsStaging {
  readonly request: StageRequest;
  readonly system: StagingSystem;
  /** Runs commands until the run is stopped. */
  readonly run: RunZfsCommand;
  /** What did not answer. */
  readonly hung: Set<string>;
  /** The part of the snapshots' names behind the `@`. */
  readonly label: string;
}

/**
 * Takes the snapshots, mounts them, and puts live directories beside them. When that can't be done at
 * all (the journal can't be written, the temporary directory is gone), everything is released, each
 * dataset is reported, and what directories there are is read live.
 *
 * @param staging what is staged, and with what
 * @param seen the sources as they are
 * @throws {StagingStopped} when the run is being stopped
 */
export async function stageOnZfs(staging: ZfsStaging, seen: SeenSources): Promise<Staging> {
  const { request, system, hung, label, run } = staging;
  const { name: configuration, runId, startedAt } = request;
  let release = (): Promise<readonly Problem[]> => Promise.resolve([]);
  try {
    const keeper = await JournalKeeper.begin(request, system.journals, {
      runId,
      startedAt: startedAt.toISOString(),
      trees: [],
      mounts: [],
      snapshots: [],
    });
    const context = {
      ...{ run, keeper, configuration, runId, label, hung },
      note: noteTo(request),
      deferred: new Set<string>(),
      doubtful: new Set<string>(),
    };
    release = releaser(request, system, context);
    const tree = await chooseTree(staging, keeper);
    return { ...await stageTree(staging, context, seen, tree), release };
  } catch (error) {
    const leftovers = await release();
    if (request.signal.aborted) throw new StagingStopped(request.signal.reason, leftovers);
    return stageWithoutSnapshots(seen, error, leftovers);
  }
}

async function stageTree(
  { request, system: { files } }: ZfsStaging,
  context: SnapshotContext,
  { survey, pools }: SeenSources,
  tree: string,
): Promise<Omit<Staging, "release">> {
  const { keeper } = context;
  const snapshots = await snapshotPools(request.hooks, context, tree, pools);
  const directories = sortDirectories(survey, snapshots);
  const selected = pools.flatMap((pool) => pool.selected);
  const problems: Problem[] = [
    ...pools.flatMap((pool) => pool.problems),
    ...snapshots.problems,
    ...selected.flatMap(({ name }) => snapshots.failures.get(name) ?? []),
    ...directories.problems,
  ];
  if (snapshots.taken.size === 0) return stageLive(directories.live, problems);
  const places = findPlaces({
    datasets: selected.filter(({ name }) => snapshots.taken.has(name)),
    snapshotDirectories: directories.onZfs,
    liveDirectories: directories.live,
    one_file_system: request.one_file_system,
  });
  await keeper.intend((run) => ({
    ...run,
    mounts: places.mounts.flatMap((mount) => {
      const otherwise = mount.kind === "snapshot" ? mount.otherwise : undefined;
      const all = otherwise === undefined ? [mount.at] : [mount.at, otherwise];
      return all.map((at) => ({ kind: mount.kind, target: join(tree, at) }));
    }),
  }));
  const treeContext = {
    ...context,
    files,
    tree,
    mounted: new Set<string>(),
    bridges: new Set<string>(),
  };
  const root = rootToSplit(places.mounts);
  const { mounted, rootEntries, problems: ofRoot } = root === undefined
    ? await buildWholeTree(treeContext, places.mounts)
    : await buildSplitTree(treeContext, root, places.mounts);
  const built = { tree, rootEntries, mounted, datasets: snapshots.taken, files };
  const staged = await stagedSources(built, places);
  const paths = pathsForBorg(staged.places, request.one_file_system);
  return {
    sources: paths.length === 0 ? undefined : { root: tree, paths },
    problems: [...problems, ...ofRoot, ...staged.problems],
  };
}

/** Nothing is snapshotted, so each dataset that is wanted fails for the same reason. */
function stageWithoutSnapshots(
  { survey, pools }: SeenSources,
  error: unknown,
  leftovers: readonly Problem[],
): Staging {
  const failures = new Map(pools.flatMap((pool) => [...pool.failures]));
  const hint = error instanceof AppError && error.hint !== undefined
    ? error.hint
    : "See the log of this run";
  for (const { name } of pools.flatMap(({ snapshotted }) => snapshotted)) {
    const message = `Cannot snapshot the dataset "${name}": ${reasonOf(error)}`;
    failures.set(name, { severity: "error", message, hint });
  }
  const directories = sortDirectories(survey, { taken: new Map(), failures, problems: [] });
  const problems = [
    ...pools.flatMap((pool) => pool.problems),
    ...pools.flatMap(({ selected }) => selected.flatMap(({ name }) => failures.get(name) ?? [])),
    ...directories.problems,
    ...leftovers,
  ];
  return stageLive(directories.live, problems);
}

/**
 * Uses the same directory in every run, so that Borg recognises unchanged files; a numbered one only
 * while a dead run's mounts there are still busy.
 *
 * @param tree the directory that is wanted
 * @param others runs that are not cleaned up yet
 */
export function freeTree(tree: string, others: readonly JournalRun[]): string {
  const used = new Set(others.flatMap(({ trees }) => trees));
  for (let number = 2, candidate = tree;; number++, candidate = `${tree}~${number - 1}`) {
    if (!used.has(candidate)) return candidate;
  }
}

async function chooseTree(
  { request: { temp_dir, name }, system: { files, makeTempDir } }: ZfsStaging,
  keeper: JournalKeeper,
): Promise<string> {
  try {
    await makeTempDir(temp_dir);
    return freeTree(join(await files.realPath(temp_dir), name), keeper.others);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot use the directory "${temp_dir}": ${reasonOf(error)}`, {
      hint: "See paths.temp_dir in the configuration",
      cause: error,
    });
  }
}

function noteTo({ emit }: StageRequest): (text: string) => void {
  return (text) => emit({ type: "note", scope: { step: "snapshot" }, level: "info", text });
}
