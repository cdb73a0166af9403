/**
 * Makes the sources of a run ready to be read: one tree at one moment for all repositories.
 *
 *     discover → select → snapshot → mount → the sources that Borg reads
 *
 * Each step is given what the ones before it have found out, and gives back what it did; the journal
 * alone is written by several of them. What it says is released at the end.
 *
 * @module
 */
import { once } from "../async/concurrency.ts";
import { hintOf, reasonOf } from "../errors.ts";
import { failure, type Problem, warning } from "../problem.ts";
import { ownCommand } from "../text/own_command.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import { discoverMissing, discoverSources } from "./discover/discover_sources.ts";
import { serviceJournal, type StagedPart, stageLive, stageWhileQuiet } from "./live_staging.ts";
import { archivedPlaces, planMounts } from "./mount/mount_plan.ts";
import { mountSources } from "./mount/mount_sources.ts";
import { checkSources } from "./mount/staged_sources.ts";
import { describeBelow, locateRepositories, withoutRepositories } from "./own_repositories.ts";
import { findMountsBelow } from "./mounts_below.ts";
import { notRecorded, releaseRun, type RunKnowledge } from "./release/release_run.ts";
import { RunJournal } from "./run_journal.ts";
import { type SelectedSources, selectSources } from "./select/select_sources.ts";
import { runSnapshots } from "./snapshot/run_snapshots.ts";
import type { StagingTools } from "./snapshot_source.ts";
import { type StageRequest, type Staging, StagingRefused, StagingStopped } from "./staging.ts";
import { realSystem, type StagingSystem } from "./system.ts";
import { chooseTree } from "./temp_dir.ts";
import { stagingTools } from "./tools.ts";

/**
 * Makes the sources ready. Without any snapshot nothing is mounted and no privilege is needed.
 *
 * The sources are discovered before `before-snapshot`, so that what it locks is locked as shortly as
 * can be. Only directories that were missing are looked for again: it may have made them.
 *
 * @returns the sources; it must be released
 * @throws {AppError} when `before-snapshot` failed
 * @throws {StagingRefused} when services do not get quiet that have to
 * @throws {StagingStopped} when the run is being stopped; everything is released by then
 */
export async function stageSources(request: StageRequest): Promise<Staging> {
  const { name, startedAt, runId, hooks, signal, stateDir } = request;
  signal.throwIfAborted();
  const system = request.system ?? realSystem(stateDir);
  const hung = new Set<string>();
  const tools = stagingTools(request, system, { step: "snapshot", runId, hung, signal });
  const toRelease = stagingTools(request, system, { step: "snapshot", runId, hung });
  const wanted = { ...request, label: snapshotLabel(name, startedAt, runId) };
  const known = await discoverSources(tools, wanted);
  const after = once(() => hooks.after());
  let isQuiet = false;
  try {
    await hooks.before(signal);
    const discovered = await discoverMissing(tools, wanted, known);
    const selection = selectSources(discovered);
    // Before anything is mounted: nothing of ours is in the mount table yet.
    const others = mountPointsOf(selection);
    const below = await findMountsBelow(tools, {
      ...request,
      directories: discovered.paths,
      others,
    });
    const hasSnapshots = discovered.snapshots.some(({ pools }) => pools.length > 0);
    const { places, ...staging } = hasSnapshots
      ? await stageSnapshots({ request, system, tools, toRelease, after }, selection)
      : await stageWhileQuiet(request, system, tools, selection);
    isQuiet = !hasSnapshots;
    const problems = [...discovered.missing, ...selection.problems, ...staging.problems];
    const { absent } = discovered;
    problems.push(...await after());
    // A run that is being stopped now still has to release what is staged: this must not throw.
    const own = await locateRepositories(toRelease, request.ownRepositories ?? [], places);
    for (const repository of own.below) tools.note(describeBelow(repository));
    return {
      ...staging,
      sources: withoutRepositories(staging.sources, own.below),
      absent,
      ...below,
      problems: [...problems, ...own.disks.values()],
    };
  } finally {
    // Where nothing failed they are started when the sources are released, or run already.
    if (!isQuiet) await request.services?.start();
    // With snapshots it already has run, right behind them.
    await after();
  }
}

function mountPointsOf({ datasets }: SelectedSources): readonly string[] {
  return datasets.flatMap(({ mountpoint }) => mountpoint ?? []);
}

interface SnapshotStaging {
  readonly request: StageRequest;
  readonly system: StagingSystem;
  readonly tools: StagingTools;
  /** The same, but not stopped with the run. */
  readonly toRelease: StagingTools;
  readonly after: () => Promise<unknown>;
}

/**
 * Takes the snapshots, mounts them, and puts live directories beside them. When that can't be done at
 * all (the journal can't be written, the temporary directory is gone), everything is released, each
 * dataset is reported, and what directories there are is read live.
 */
async function stageSnapshots(
  { request, system, tools, toRelease, after }: SnapshotStaging,
  selection: SelectedSources,
): Promise<StagedPart> {
  const { oneFileSystem, services, signal } = request;
  let journal: RunJournal | undefined;
  try {
    const { runId, startedAt } = request;
    const run = { runId, startedAt: startedAt.toISOString() };
    journal = await RunJournal.begin(request, system.journals, run);
    const path = await chooseTree(system, request.tempDir, request.name, journal.others);
    const own = journal;
    const snapshots = await runSnapshots(tools, own, path, selection.pools, {
      before: async () => {
        if (selection.pools.every((targets) => targets.length === 0)) return;
        const reason = await services?.stop(serviceJournal(() => Promise.resolve(own)), signal);
        if (reason !== undefined) throw new StagingRefused(reason);
      },
      after: async () => {
        await services?.start();
        await after();
      },
    });
    const plan = planMounts(selection, snapshots, oneFileSystem);
    if (snapshots.taken.size === 0) {
      const release = releaser(toRelease, journal, snapshots);
      return { ...stageLive(plan.live, plan.problems), release };
    }
    const tree = await mountSources(tools, journal, path, plan);
    const staged = await checkSources(tools.files, tree, plan);
    const placed = new Map(tree.outcomes.map((outcome) => [outcome.mount, outcome]));
    if (services !== undefined && plan.live.length > 0) {
      tools.note(
        `Not read from a snapshot, so that services run meanwhile: ${plan.live.join(", ")}`,
      );
    }
    return {
      sources: staged.sources,
      roots: staged.roots,
      places: archivedPlaces(plan, (mount) => {
        const outcome = placed.get(mount);
        return outcome?.kind === "mounted" ? outcome.at : mount.at;
      }),
      problems: [...plan.problems, ...staged.problems],
      release: releaser(toRelease, journal, { ...snapshots, ...tree }),
    };
  } catch (error) {
    const leftovers = journal === undefined ? [] : await releaser(toRelease, journal)();
    if (signal.aborted) throw new StagingStopped(signal.reason, leftovers);
    if (error instanceof StagingRefused) throw new StagingRefused(error, leftovers);
    return stageWithoutSnapshots(selection, error, leftovers);
  }
}

/** Nothing is snapshotted, so each dataset that is selected fails for the same reason. */
function stageWithoutSnapshots(
  selection: SelectedSources,
  error: unknown,
  leftovers: readonly Problem[],
): StagedPart {
  const { hint = "See the log of this run" } = hintOf(error);
  const failures = new Map(
    selection.pools.flat().map(({ name }) => {
      const message = `Cannot snapshot the dataset "${name}": ${reasonOf(error)}`;
      return [name, failure(message, hint)] as const;
    }),
  );
  const { live, problems } = planMounts(selection, { taken: new Map(), failures }, true);
  return stageLive(live, [...problems, ...leftovers]);
}

/** Returns a function that unmounts and releases everything that the journal knows of. */
function releaser(
  tools: StagingTools,
  journal: RunJournal,
  known?: RunKnowledge,
): () => Promise<readonly Problem[]> {
  return once(async (): Promise<readonly Problem[]> => {
    if (journal.run.trees.length === 0) return [];
    try {
      const { run, problems } = await releaseRun(tools, journal.run, known);
      try {
        await journal.record(() => run);
        return problems;
      } catch (error) {
        return [...problems, notRecorded(error)];
      }
    } catch (error) {
      const message = `Cannot release the snapshots: ${reasonOf(error)}`;
      const again = `The next run tries again, as does: ${ownCommand("recover")}`;
      return [warning(message, hintOf(error).hint ?? again)];
    }
  });
}
