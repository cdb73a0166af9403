/**
 * Says what staging would do, without doing it.
 *
 * @module
 */
import { join } from "node:path";
import type { RunZfsCommand, ZfsCommand } from "../../zfs/command.ts";
import { bindMount, mountSnapshot, unmount } from "../../zfs/mounting.ts";
import { snapshotLabel } from "../../zfs/names.ts";
import { lookUpSnapshots } from "../../zfs/snapshot_facts.ts";
import {
  deferDestroy,
  holdSnapshots,
  makeSnapshots,
  releaseSnapshots,
} from "../../zfs/snapshots.ts";
import type { Problem } from "../outcome.ts";
import type { Plan } from "../plan.ts";
import type { StagedSources } from "../staged_sources.ts";
import { commandRunner } from "./commands.ts";
import { stageLive } from "./live_directories.ts";
import { lookOver } from "./look_over.ts";
import { findPlaces, pathsForBorg, type Places } from "./places.ts";
import type { PoolSelection } from "./select_pools.ts";
import { sortDirectories } from "./sort_directories.ts";
import type { Survey } from "./survey.ts";

/** What staging would do. */
export interface PlannedSources {
  /** The commands that would be started before Borg, program first. */
  readonly commands: readonly (readonly string[])[];
  /** The commands that would be started when all repositories have their archives. */
  readonly releaseCommands: readonly (readonly string[])[];
  /** What Borg would read; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Looks at the sources (`zfs list` and `mount` are started for it) and says what staging would do;
 * nothing is changed.
 *
 * @param plan the run
 * @param environment `PATH` for the programs that only look
 * @returns what it would do
 */
export async function planSources(
  plan: Plan,
  environment: Readonly<Record<string, string>>,
): Promise<PlannedSources> {
  const { directories, zfs, oneFileSystem: one_file_system } = plan.sources;
  const run = commandRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment,
    signal: undefined,
  });
  const wishes = { directories, zfs, one_file_system, temp_dir: plan.tempDir };
  const label = snapshotLabel(plan.name, plan.startedAt, plan.runId);
  const { paths, missing, survey, pools } = await lookOver(run, wishes, label);
  const problems = [
    ...missing,
    ...survey.problems,
    ...pools.flatMap((pool) => pool.problems),
  ];
  if (!pools.some(({ snapshotted }) => snapshotted.length > 0)) {
    const { sources } = stageLive(paths, []);
    return { commands: [], releaseCommands: [], sources, problems };
  }
  const places = placesOf(plan, survey, pools);
  const tree = join(plan.tempDir, plan.name);
  const rehearsal: Rehearsal = { plan, label, tree, pools, places };
  return {
    commands: await recorded((record) => rehearseStaging(record, rehearsal)),
    releaseCommands: await recorded((record) => rehearseRelease(record, rehearsal)),
    sources: {
      root: tree,
      paths: pathsForBorg(places.sources.map(({ at }) => at), one_file_system),
    },
    problems,
  };
}

function placesOf(plan: Plan, survey: Survey, pools: readonly PoolSelection[]): Places {
  const taken = new Map(
    pools.flatMap(({ snapshotted }) =>
      snapshotted.map((dataset) => [dataset.name, dataset] as const)
    ),
  );
  const directories = sortDirectories(survey, { taken, failures: new Map(), problems: [] });
  return findPlaces({
    datasets: pools.flatMap(({ selected }) => selected),
    snapshotDirectories: directories.onZfs,
    liveDirectories: directories.live,
    one_file_system: plan.sources.oneFileSystem,
  });
}

interface Rehearsal {
  readonly plan: Plan;
  readonly label: string;
  readonly tree: string;
  readonly pools: readonly PoolSelection[];
  readonly places: Places;
}

/** Writes down the commands that something starts, instead of starting them. */
async function recorded(
  work: (record: RunZfsCommand) => Promise<void>,
): Promise<readonly (readonly string[])[]> {
  const commands: (readonly string[])[] = [];
  await work(({ program, args }: ZfsCommand) => {
    commands.push([program, ...args]);
    const end = { kind: "exited", code: 0 } as const;
    return Promise.resolve({ succeeded: true, end, stdout: "", stderr: "" });
  });
  return commands;
}

async function rehearseStaging(record: RunZfsCommand, rehearsal: Rehearsal): Promise<void> {
  const { plan: { name: configuration, runId }, label, tree, pools, places } = rehearsal;
  for (const { snapshotted } of pools) {
    const names = snapshotted.map(({ name }) => `${name}@${label}`);
    if (names.length === 0) continue;
    await makeSnapshots(record, names, runId);
    await lookUpSnapshots(record, names);
    await holdSnapshots(record, names, runId);
    for (const name of names) await deferDestroy(record, { name, configuration, runId });
  }
  for (const mount of places.mounts) {
    const target = join(tree, mount.at);
    if (mount.kind === "snapshot") await mountSnapshot(record, `${mount.dataset}@${label}`, target);
    else await bindMount(record, mount.source, target, mount.recursive);
  }
}

async function rehearseRelease(record: RunZfsCommand, rehearsal: Rehearsal): Promise<void> {
  const { plan, label, tree, pools, places } = rehearsal;
  const targets = places.mounts.map(({ at }) => join(tree, at)).toReversed();
  await unmount(record, targets, places.mounts.some(({ kind }) => kind === "bind"));
  for (const { snapshotted } of pools) {
    const names = snapshotted.map(({ name }) => `${name}@${label}`);
    if (names.length > 0) await releaseSnapshots(record, names, plan.runId);
  }
}
