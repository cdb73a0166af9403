/**
 * Stages a run that has anything to do with ZFS.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../../errors.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import type { Problem } from "../outcome.ts";
import type { Staging } from "../staged_sources.ts";
import { cleanUp } from "./clean_up.ts";
import { commandRunner } from "./commands.ts";
import { JournalKeeper } from "./journal_keeper.ts";
import { stageLive } from "./live_directories.ts";
import type { SeenSources } from "./look_over.ts";
import { findPlaces, pathsForBorg } from "./places.ts";
import { snapshotPools } from "./snapshot_run.ts";
import { sortDirectories } from "./sort_directories.ts";
import { stagedSources } from "./staged_sources.ts";
import type { StageRequest } from "./stage.ts";
import type { SnapshotContext } from "./take_snapshots.ts";
import { buildSplitTree, rootToSplit } from "./split_root.ts";
import { buildTree } from "./tree.ts";

/**
 * Takes the snapshots, mounts them, and puts live directories beside them.
 *
 * @param request what shall be staged
 * @param run runs commands until the run is stopped
 * @param label the part of the snapshots' names behind the `@`
 * @param seen the sources as they are
 */
export async function stageOnZfs(
  request: StageRequest,
  run: RunZfsCommand,
  label: string,
  seen: SeenSources,
): Promise<Staging> {
  const { name: configuration, runId, startedAt } = request;
  const note = noteTo(request);
  const keeper = await JournalKeeper.begin(request, {
    runId,
    startedAt: startedAt.toISOString(),
    trees: [],
    mounts: [],
    snapshots: [],
  });
  const context: SnapshotContext = {
    run,
    note,
    keeper,
    configuration,
    runId,
    label,
    deferred: new Set(),
    hung: new Set(seen.hung),
  };
  const release = releaser(request, context);
  try {
    const tree = await chooseTree(request, keeper);
    return { ...await stageTree(request, context, seen, tree), release };
  } catch (error) {
    // The caller gets the error alone; what could not be undone is at least in the log.
    for (const { message } of await release()) {
      request.emit({ type: "note", scope: { step: "snapshot" }, level: "warning", text: message });
    }
    throw error;
  }
}

async function stageTree(
  request: StageRequest,
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
  await keeper.update((run) => ({
    ...run,
    mounts: places.mounts.flatMap((mount) => {
      const otherwise = mount.kind === "snapshot" ? mount.otherwise : undefined;
      const all = otherwise === undefined ? [mount.at] : [mount.at, otherwise];
      return all.map((at) => ({ kind: mount.kind, target: join(tree, at) }));
    }),
  }));
  const treeContext = { ...context, tree, mounted: new Set<string>(), bridges: new Set<string>() };
  const root = rootToSplit(places.mounts);
  const { mounted, rootEntries } = root === undefined
    ? { mounted: await buildTree(treeContext, places.mounts), rootEntries: undefined }
    : await buildSplitTree(treeContext, root, places.mounts);
  const staged = await stagedSources(
    { tree, rootEntries, mounted, datasets: snapshots.taken },
    places,
  );
  const paths = pathsForBorg(staged.places, request.one_file_system);
  return {
    sources: paths.length === 0 ? undefined : { root: tree, paths },
    problems: [...problems, ...staged.problems],
  };
}

/** The same place in every run; another one only while a dead run's mounts there are still busy. */
async function chooseTree(request: StageRequest, keeper: JournalKeeper): Promise<string> {
  try {
    await Deno.mkdir(request.temp_dir, { recursive: true, mode: 0o700 });
    const tree = join(await Deno.realPath(request.temp_dir), request.name);
    const used = new Set(keeper.others.flatMap(({ trees }) => trees));
    for (let number = 2, candidate = tree;; number++, candidate = `${tree}~${number - 1}`) {
      if (!used.has(candidate)) return candidate;
    }
  } catch (error) {
    throw new AppError(`Cannot use the directory "${request.temp_dir}": ${reasonOf(error)}`, {
      hint: "See paths.temp_dir in the configuration",
      cause: error,
    });
  }
}

/** Makes the function that lets go of everything, however far the staging came. */
function releaser(
  request: StageRequest,
  context: SnapshotContext,
): () => Promise<readonly Problem[]> {
  const { keeper, configuration, deferred, hung, note } = context;
  let released: Promise<readonly Problem[]> | undefined;
  const release = async () => {
    if (keeper.run.trees.length === 0) return [];
    const outcome = await cleanUp({
      // The run may be about to be stopped: this has to be done all the same.
      run: commandRunner({ ...request, scope: { step: "snapshot" }, signal: undefined }),
      note,
      configuration,
      journal: keeper.run,
      died: false,
      deferred,
      hung,
      ...(request.pauses === undefined ? {} : { pauses: request.pauses }),
    });
    await keeper.update(() => outcome.journal);
    return outcome.problems;
  };
  return () => released ??= release();
}

function noteTo({ emit }: StageRequest): (text: string) => void {
  return (text) => emit({ type: "note", scope: { step: "snapshot" }, level: "info", text });
}
