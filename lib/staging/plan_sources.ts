/**
 * Says what staging would do, without doing it.
 *
 * @module
 */
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import { findHook, HOOK_DIRECTORY, type HookContext, type HookName } from "../backup/hooks.ts";
import type { Problem } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import type { StagedSources } from "./staging.ts";
import { commandRunner } from "./commands.ts";
import { stageLive } from "./live_directories.ts";
import { lookOver, type SeenSources } from "./look_over.ts";
import { findPlaces, type Mount, pathsForBorg } from "./places.ts";
import {
  type PlannedStep,
  type Rehearsal,
  rehearseMounts,
  rehearseRelease,
  rehearseSnapshots,
} from "./rehearsal.ts";
import { sortDirectories } from "./sort_directories.ts";
import { rootToSplit } from "./split_root.ts";
import { freeTree } from "./stage_on_zfs.ts";
import { realSystem, type StagingFiles, type StagingSystem } from "./system.ts";

/** What a run would do around Borg. */
export interface PlannedSources {
  /** Before Borg, in this order. */
  readonly steps: readonly PlannedStep[];
  /** When all repositories have their archives. */
  readonly releaseSteps: readonly PlannedStep[];
  /** When everything is done. */
  readonly lastSteps: readonly PlannedStep[];
  /** What Borg would read; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  readonly problems: readonly Problem[];
}

/** What the plan is made with; the real machine and its hooks when left out. */
export interface PlanningContext {
  readonly system?: StagingSystem;
  readonly hooks?: Pick<HookContext, "directory" | "owner">;
}

/**
 * Looks at the sources (`zfs list` and `mount` are started for it) and says what staging would do;
 * nothing is changed.
 *
 * @param plan the run
 * @param environment `PATH` for the programs that only look
 * @param context the machine and its hooks
 * @returns what it would do
 */
export async function planSources(
  plan: Plan,
  environment: Readonly<Record<string, string>>,
  context: PlanningContext = {},
): Promise<PlannedSources> {
  const { directories, zfs, oneFileSystem: one_file_system } = plan.sources;
  const system = context.system ?? realSystem(plan.stateDir);
  const looking: PlannedStep[] = [];
  const look = commandRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment,
    signal: undefined,
    start: (command, where) => {
      looking.push({ kind: "command", command: [command.program, ...command.args] });
      return system.start(command, where);
    },
  });
  const wishes = { directories, zfs, one_file_system, temp_dir: plan.tempDir };
  const label = snapshotLabel(plan.name, plan.startedAt, plan.runId);
  const seen = await lookOver(look, wishes, label, system.files);
  const hook = (name: HookName) => planHook(name, context.hooks ?? {});
  const before = await hook("before-snapshot");
  const after = await hook("after-snapshot");
  const finished = await hook("finished");
  const staged = await planStaging(plan, seen, label, system);
  const problems = [
    ...before.problems,
    ...after.problems,
    ...(before.steps.length === 0 ? seen.missing : seen.missing.map(perhapsMadeByHook)),
    ...seen.survey.problems,
    ...seen.pools.flatMap((pool) => pool.problems),
    ...staged.problems,
    ...finished.problems.map((problem): Problem => ({ ...problem, severity: "warning" })),
  ];
  return {
    steps: [...looking, ...before.steps, ...staged.snapshots, ...after.steps, ...staged.mounts],
    releaseSteps: staged.release,
    lastSteps: finished.steps,
    sources: staged.sources,
    problems,
  };
}

interface PlannedStaging {
  readonly snapshots: readonly PlannedStep[];
  readonly mounts: readonly PlannedStep[];
  readonly release: readonly PlannedStep[];
  readonly sources: StagedSources | undefined;
  readonly problems: readonly Problem[];
}

async function planStaging(
  plan: Plan,
  { survey, pools }: SeenSources,
  label: string,
  system: StagingSystem,
): Promise<PlannedStaging> {
  const taken = new Map(
    pools.flatMap(({ snapshotted }) => snapshotted.map((dataset) => [dataset.name, dataset])),
  );
  const failures = new Map(pools.flatMap((pool) => [...pool.failures]));
  const directories = sortDirectories(survey, { taken, failures, problems: [] });
  const { problems } = directories;
  if (taken.size === 0) {
    const { sources } = stageLive(directories.live, []);
    return { snapshots: [], mounts: [], release: [], sources, problems };
  }
  const places = findPlaces({
    datasets: pools.flatMap(({ selected }) => selected),
    snapshotDirectories: directories.onZfs,
    liveDirectories: directories.live,
    one_file_system: plan.sources.oneFileSystem,
  });
  const root = rootToSplit(places.mounts);
  const rehearsal: Rehearsal = {
    configuration: plan.name,
    runId: plan.runId,
    label,
    tree: await treeOf(plan, system),
    pools,
    mounts: places.mounts,
    root,
    rootEntries: root === undefined ? undefined : await entriesOf(root, system.files, taken),
  };
  const shown = rehearsal.rootEntries?.map(({ name }) => name) ?? [];
  const sources = places.sources.flatMap(({ at }) =>
    at === "" && root !== undefined ? shown : [at]
  );
  const remark: PlannedStep = {
    kind: "remark",
    text: "where a snapshot lacks a mount point, a tmpfs of 1 MiB is mounted there to hold it",
  };
  const paths = pathsForBorg(sources, plan.sources.oneFileSystem);
  return {
    snapshots: await rehearseSnapshots(rehearsal),
    mounts: [...await rehearseMounts(rehearsal), remark],
    release: await rehearseRelease(rehearsal),
    sources: paths.length === 0 ? undefined : { root: rehearsal.tree, paths },
    problems,
  };
}

/** The root directory's entries, if it is mounted, so that they can be seen. */
async function entriesOf(
  root: Mount,
  files: StagingFiles,
  datasets: ReadonlyMap<string, { readonly mounted: boolean }>,
): Promise<readonly Deno.DirEntry[] | undefined> {
  if (root.kind === "snapshot" && datasets.get(root.dataset)?.mounted !== true) return undefined;
  return await Array.fromAsync(files.readDir("/"));
}

async function treeOf(plan: Plan, { files, journals }: StagingSystem): Promise<string> {
  const real = await files.realPath(plan.tempDir).catch(() => plan.tempDir);
  const others = await journals.read(plan.name).then((journal) => journal?.runs ?? [], () => []);
  return freeTree(join(real, plan.name), others);
}

interface PlannedHook {
  readonly steps: readonly PlannedStep[];
  readonly problems: readonly Problem[];
}

async function planHook(
  name: HookName,
  context: Pick<HookContext, "directory" | "owner">,
): Promise<PlannedHook> {
  try {
    const file = await findHook(context, name);
    if (file === undefined) return { steps: [], problems: [] };
    return { steps: [{ kind: "command", command: [file] }], problems: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const file = join(context.directory ?? HOOK_DIRECTORY, name);
    const problem: Problem = { severity: "error", message: error.message };
    const { hint } = error;
    return {
      steps: [{ kind: "remark", text: `the hook "${file}" would be refused` }],
      problems: [hint === undefined ? problem : { ...problem, hint }],
    };
  }
}

/** It is looked for again after the hook, so a dry run can't tell. */
function perhapsMadeByHook({ message, ...problem }: Problem): Problem {
  const text = `${message}, unless the hook before-snapshot makes it`;
  return { ...problem, severity: "warning", message: text };
}
