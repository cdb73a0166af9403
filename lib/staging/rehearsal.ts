/**
 * Goes through the commands of a staging without starting them. The functions that make the
 * commands of the real run make these as well; they are only written down.
 *
 * @module
 */
import { join } from "node:path";
import type { RunZfsCommand, ZfsCommand } from "../zfs/command.ts";
import { bindMount, mountSnapshot, unmount } from "../zfs/mounting.ts";
import { readMountTable } from "../zfs/mount_table.ts";
import { lookUpSnapshots } from "../zfs/snapshot_facts.ts";
import { deferDestroy, holdSnapshots, makeSnapshots, releaseSnapshots } from "../zfs/snapshots.ts";
import type { JournalMount } from "../state/journal.ts";
import { innermostFirst } from "./own_mounts.ts";
import { levelsOf, type Mount } from "./places.ts";
import type { PoolSelection } from "./select_pools.ts";
import { besides } from "./split_root.ts";

/** One line of a plan. */
export type PlannedStep =
  /** A command that would be started, program first. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** Something to know about what follows. */
  | { readonly kind: "remark"; readonly text: string };

/** What would be staged. */
export interface Rehearsal {
  /** The configuration's name. */
  readonly configuration: string;
  readonly runId: string;
  /** The part of the snapshots' names behind the `@`. */
  readonly label: string;
  /** The tree's absolute path. */
  readonly tree: string;
  readonly pools: readonly PoolSelection[];
  readonly mounts: readonly Mount[];
  /** The root directory, when it has to be split. */
  readonly root: Mount | undefined;
  /** The entries of the root directory, as far as they can be seen now. */
  readonly rootEntries: readonly Deno.DirEntry[] | undefined;
}

/**
 * Writes down the commands that something starts, instead of starting them.
 *
 * @param work what starts them
 */
export async function recorded(
  work: (record: RunZfsCommand) => Promise<void>,
): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  await work(({ program, args }: ZfsCommand) => {
    steps.push({ kind: "command", command: [program, ...args] });
    const end = { kind: "exited", code: 0 } as const;
    return Promise.resolve({ succeeded: true, end, stdout: "", stderr: "" });
  });
  return steps;
}

/**
 * The snapshots of all pools.
 *
 * @param rehearsal what would be staged
 */
export function rehearseSnapshots(rehearsal: Rehearsal): Promise<readonly PlannedStep[]> {
  return recorded(async (record) => {
    for (const names of namesOf(rehearsal)) await makeSnapshots(record, names, rehearsal.runId);
  });
}

/**
 * Holds and mounts the snapshots, up to where Borg begins.
 *
 * @param rehearsal what would be staged
 */
export async function rehearseMounts(rehearsal: Rehearsal): Promise<readonly PlannedStep[]> {
  const { configuration, runId, root, mounts, tree } = rehearsal;
  const holds = await recorded(async (record) => {
    const pools = namesOf(rehearsal);
    for (const names of pools) await holdSnapshots(record, names, runId);
    for (const names of pools) await lookUpSnapshots(record, names);
    for (const name of pools.flat()) await deferDestroy(record, { name, configuration, runId });
  });
  const build = (some: readonly Mount[], where: string) =>
    recorded(async (record) => {
      for (const mount of levelsOf(some).flat()) {
        await mountOne(record, rehearsal, mount, where);
      }
      if (some.length > 0) await readMountTable(record, "zfs");
    });
  if (root === undefined) return [...holds, ...await build(mounts, tree)];
  return [
    ...holds,
    ...await build([{ ...root, at: "" }], besides(tree)),
    ...await rehearseEntries(rehearsal),
    ...await build(mounts.filter((mount) => mount !== root), tree),
  ];
}

/** The entries of a root directory that is split. */
async function rehearseEntries(rehearsal: Rehearsal): Promise<readonly PlannedStep[]> {
  const { tree, root, rootEntries } = rehearsal;
  const recursive = root?.kind === "bind" && root.recursive;
  if (rootEntries === undefined) {
    const text = `each entry of "${besides(tree)}" is shown below "${tree}" with mount --bind`;
    return [{ kind: "remark", text }];
  }
  return await recorded(async (record) => {
    for (const { name, isSymlink } of rootEntries) {
      if (isSymlink) continue;
      await bindMount(record, join(besides(tree), name), join(tree, name), recursive);
    }
  });
}

async function mountOne(
  record: RunZfsCommand,
  { label }: Rehearsal,
  mount: Mount,
  where: string,
): Promise<void> {
  const target = mount.at === "" ? where : join(where, mount.at);
  if (mount.kind === "snapshot") await mountSnapshot(record, `${mount.dataset}@${label}`, target);
  else await bindMount(record, mount.source, target, mount.recursive);
}

/**
 * What is done when every repository has its archive.
 *
 * @param rehearsal what would be staged
 */
export function rehearseRelease(rehearsal: Rehearsal): Promise<readonly PlannedStep[]> {
  return recorded(async (record) => {
    await readMountTable(record);
    const sorted = innermostFirst(mountedBy(rehearsal));
    let group: string[] = [];
    for (const [index, { kind, target }] of sorted.entries()) {
      group.push(target);
      const next = sorted[index + 1];
      if (next !== undefined && (next.kind === "bind") === (kind === "bind")) continue;
      await unmount(record, group, kind === "bind");
      group = [];
    }
    await readMountTable(record);
    const pools = namesOf(rehearsal);
    for (const names of pools) await releaseSnapshots(record, names, rehearsal.runId);
    for (const names of pools) await lookUpSnapshots(record, names);
  });
}

/** In the order in which the journal has it. */
function mountedBy({ tree, mounts, root, rootEntries }: Rehearsal): readonly JournalMount[] {
  const all = mounts.filter((mount) => mount !== root).map(({ kind, at }): JournalMount => ({
    kind,
    target: at === "" ? tree : join(tree, at),
  }));
  if (root === undefined) return all;
  const entries = (rootEntries ?? []).filter(({ isSymlink }) => !isSymlink);
  const shown = entries.map(({ name }): JournalMount => ({
    kind: "bind",
    target: join(tree, name),
  }));
  return [{ kind: root.kind, target: besides(tree) }, ...shown, ...all];
}

/** The snapshots' full names, pool by pool. */
function namesOf({ pools, label }: Rehearsal): readonly (readonly string[])[] {
  return pools.map(({ snapshotted }) => snapshotted.map(({ name }) => `${name}@${label}`))
    .filter((names) => names.length > 0);
}
