/**
 * Goes through a staging without doing anything: what only looks is started, and all other commands
 * are written down by the functions that make them in the real run.
 *
 * @module
 */
import { join } from "node:path";
import type { Problem } from "../problem.ts";
import type { JournalMount } from "../state/journal.ts";
import type { RunZfsCommand, ZfsCommand } from "../zfs/command.ts";
import { bindMount } from "../zfs/mounting.ts";
import { readMountTable } from "../zfs/mount_table.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import { discoverSources } from "./discover/discover_sources.ts";
import { archivedPlaces, levelsOf, type Mount, planMounts } from "./mount/mount_plan.ts";
import { findMountsBelow } from "./mounts_below.ts";
import { besides, rootToSplit } from "./mount/mount_sources.ts";
import { liveRoots, namedSources, rootOf } from "./mount/staged_sources.ts";
import { locateRepositories, withoutRepositories } from "./own_repositories.ts";
import { unmountTogether } from "./release/unmounting.ts";
import { selectSources } from "./select/select_sources.ts";
import {
  type RehearsedStep,
  type SnapshotTarget,
  sourceNamed,
  type StagingTools,
} from "./snapshot_source.ts";
import type { StageRequest, Staging } from "./staging.ts";
import { realSystem, type StagingSystem } from "./system.ts";
import { freeTree } from "./temp_dir.ts";
import { pathIn } from "./tree_paths.ts";
import { zfsRunner } from "./zfs_runner.ts";

/** One line of a plan. */
export type PlannedStep =
  /** A command that would be started, program first. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** Something to know about what follows. */
  | { readonly kind: "remark"; readonly text: string };

type RehearsalRequest = Omit<StageRequest, "hooks" | "hostname" | "signal" | "emit">;

interface Rehearsal extends Pick<Staging, "sources" | "roots" | "absent" | "problems"> {
  /** What was started, because it only looks. */
  readonly looking: readonly PlannedStep[];
  readonly snapshots: readonly PlannedStep[];
  /** From the snapshots to where Borg begins. */
  readonly mounts: readonly PlannedStep[];
  /** When every repository has its archive. */
  readonly release: readonly PlannedStep[];
  readonly missing: readonly Problem[];
}

/** Rehearses a staging. */
export async function rehearseStaging(request: RehearsalRequest): Promise<Rehearsal> {
  const { name, runId, startedAt, environment, oneFileSystem } = request;
  const system = request.system ?? realSystem(request.stateDir);
  const looking: PlannedStep[] = [];
  const look = zfsRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment,
    signal: undefined,
    start: (command, context) => {
      looking.push(stepOf(command));
      return system.start(command, context);
    },
  });
  const wanted = { ...request, label: snapshotLabel(name, startedAt, runId) };
  const discovered = await discoverSources({ ...system, run: look }, wanted);
  const { missing, absent } = discovered;
  const selection = selectSources(discovered);
  const below = { ...request, directories: discovered.paths, others: [] };
  await findMountsBelow({ ...system, run: look }, below);
  const taken = new Map(selection.pools.flat().map((target) => [target.name, target]));
  const plan = planMounts(selection, { taken, failures: new Map() }, oneFileSystem);
  const tools = { ...system, run: look };
  const repositories = request.ownRepositories ?? [];
  const own = await locateRepositories(tools, repositories, archivedPlaces(plan));
  const problems = [...selection.problems, ...plan.problems, ...own.disks.values()];
  if (taken.size === 0) {
    const nothing = { looking, snapshots: [], mounts: [], release: [] };
    const roots = liveRoots(plan.live);
    const sources = withoutRepositories(namedSources("/", roots), own.below);
    return { ...nothing, sources, roots, missing, absent, problems };
  }
  const root = rootToSplit(plan.mounts);
  const all = root === undefined ? undefined : await entriesOf(root, system);
  const shown = all?.map(({ name }) => name).toSorted() ?? [];
  // Links are created again in the tree.
  const entries = all?.filter(({ isSymlink }) => !isSymlink).map(({ name }) => name);
  const roots = plan.sources.map((source) =>
    rootOf(source, source.at, source.at === "" && root !== undefined ? shown : undefined)
  );
  const tree = await treeOf(request, system);
  const rehearsed = { ...system, owner: { configuration: name, runId }, tree, root, entries };
  return {
    looking,
    ...await commandsOf(rehearsed, plan.mounts, [...taken.values()]),
    sources: withoutRepositories(namedSources(tree, roots), own.below),
    roots,
    missing,
    absent,
    problems,
  };
}

/** What would be started, from the snapshots to their release. */
async function commandsOf(
  rehearsed: RehearsedTree,
  mounts: readonly Mount[],
  targets: readonly SnapshotTarget[],
): Promise<Pick<Rehearsal, "snapshots" | "mounts" | "release">> {
  return {
    snapshots: await recorded((run) => ofSources(rehearsed, run, "take", targets)),
    mounts: [
      ...await recorded((run) => ofSources(rehearsed, run, "secure", targets)),
      ...await mountSteps(rehearsed, mounts),
      {
        kind: "remark",
        text: "where a snapshot lacks a mount point, a tmpfs of 1 MiB is mounted there to hold it",
      },
    ],
    release: await recorded(async (run) => {
      await readMountTable(run);
      await unmountTogether(run, mountedBy(rehearsed, mounts));
      await readMountTable(run);
      await ofSources(rehearsed, run, "release", targets);
    }),
  };
}

interface RehearsedTree extends Pick<StagingTools, "sources" | "owner"> {
  readonly tree: string;
  /** The root directory, when it has to be split. */
  readonly root: Mount | undefined;
  /** What is mounted of its entries, as far as they can be seen now. */
  readonly entries: readonly string[] | undefined;
}

/** Writes down the commands that something starts, instead of starting them. */
async function recorded(
  work: (record: RunZfsCommand) => Promise<unknown>,
): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  await work((command) => {
    steps.push(stepOf(command));
    const end = { kind: "exited", code: 0 } as const;
    return Promise.resolve({ succeeded: true, end, stdout: "", stderr: "" });
  });
  return steps;
}

function stepOf({ program, args }: ZfsCommand): PlannedStep {
  return { kind: "command", command: [program, ...args] };
}

async function ofSources(
  { sources, owner }: RehearsedTree,
  run: RunZfsCommand,
  step: RehearsedStep,
  targets: readonly SnapshotTarget[],
): Promise<void> {
  for (const [name, own] of Map.groupBy(targets, ({ source }) => source)) {
    await sourceNamed(sources, name).rehearse({ run, owner }, step, own);
  }
}

async function mountSteps(
  rehearsed: RehearsedTree,
  mounts: readonly Mount[],
): Promise<readonly PlannedStep[]> {
  const { tree, root, entries } = rehearsed;
  const all = (some: readonly Mount[], where: string) =>
    recorded((run) => mountAll(rehearsed, run, some, where));
  if (root === undefined) return await all(mounts, tree);
  const beside = besides(tree);
  const recursive = root.kind === "bind" && root.recursive;
  const remark = `each entry of "${beside}" is shown below "${tree}" with mount --bind`;
  return [
    ...await all([root], beside),
    ...entries === undefined ? [{ kind: "remark", text: remark } as const] : [],
    ...await recorded(async (run) => {
      for (const name of entries ?? []) {
        await bindMount(run, pathIn(beside, name), pathIn(tree, name), recursive);
      }
    }),
    ...await all(mounts.filter((mount) => mount !== root), tree),
  ];
}

async function mountAll(
  rehearsed: RehearsedTree,
  run: RunZfsCommand,
  mounts: readonly Mount[],
  where: string,
): Promise<void> {
  const { sources, owner } = rehearsed;
  for (const mount of levelsOf(mounts).flat()) {
    const path = pathIn(where, mount.at);
    if (mount.kind === "bind") await bindMount(run, mount.source, path, mount.recursive);
    else await sourceNamed(sources, mount.of.source).mount({ run, owner }, mount.of, path);
  }
  const targets = mounts.flatMap((mount) => mount.kind === "snapshot" ? [mount.of] : []);
  await ofSources(rehearsed, run, "inspect", targets);
}

/** In the order in which the journal has it. */
function mountedBy(
  { tree, root, entries }: RehearsedTree,
  mounts: readonly Mount[],
): readonly JournalMount[] {
  const binds = (entries ?? []).map((at) => ({ kind: "bind", at } as const));
  const inTree = [...binds, ...mounts.filter((mount) => mount !== root)]
    .map(({ kind, at }) => ({ kind, target: pathIn(tree, at) }));
  return root === undefined ? inTree : [{ kind: root.kind, target: besides(tree) }, ...inTree];
}

/** The root directory's entries, if it is mounted, so that they can be seen. */
async function entriesOf(
  root: Mount,
  { files }: StagingSystem,
): Promise<readonly Deno.DirEntry[] | undefined> {
  if (root.kind === "snapshot" && !root.of.mounted) return undefined;
  return await Array.fromAsync(files.readDir("/"));
}

async function treeOf(
  { tempDir, name }: RehearsalRequest,
  { files, journals }: StagingSystem,
): Promise<string> {
  const real = await files.realPath(tempDir).catch(() => tempDir);
  const others = await journals.read(name).then((journal) => journal?.runs ?? [], () => []);
  return freeTree(join(real, name), others);
}
