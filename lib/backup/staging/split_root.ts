/**
 * Makes room beside the root directory.
 *
 * When a dataset that is mounted at `/` is staged (or `/` itself as a live directory), the tree is that
 * read-only file system, and there is no directory in it for what goes below `zfs/`. On a system
 * whose root is on ZFS that is the rule: the pool and the boot environments that are not running
 * have no mount points of their own. Then the root file system is mounted next to the tree, and
 * the entries of its root directory are shown in the tree one by one, at the same paths.
 *
 * @module
 */
import { join } from "node:path";
import type { JournalMount } from "../../state/journal.ts";
import { bindMount } from "../../zfs/mounting.ts";
import { isBelow, type Mount } from "./places.ts";
import { buildTree, type Mounted, type TreeContext } from "./tree.ts";

/** The tree, and where the entries of the root directory are. */
export interface SplitTree {
  readonly mounted: readonly Mounted[];
  /** What stands for the root directory in the list of sources. */
  readonly rootEntries: readonly string[];
}

/** The directory beside the tree in which the root file system is mounted. */
function besides(tree: string): string {
  return `${tree}.root`;
}

/**
 * Whether the root directory has to be split.
 *
 * @param mounts the plan of the tree
 * @returns the mount of the root directory; `undefined` when there is nothing to split
 */
export function rootToSplit(mounts: readonly Mount[]): Mount | undefined {
  const root = mounts.find(({ at }) => at === "");
  return mounts.some(({ at }) => isBelow(at, "zfs")) ? root : undefined;
}

/**
 * Builds a tree whose root directory is split.
 *
 * @param context where
 * @param root the mount of the root directory
 * @param mounts the plan of the tree
 */
export async function buildSplitTree(
  context: TreeContext,
  root: Mount,
  mounts: readonly Mount[],
): Promise<SplitTree> {
  const nothing = { mounted: new Set<string>(), bridges: new Set<string>() };
  const beside: TreeContext = { ...context, tree: besides(context.tree), ...nothing };
  const kind = root.kind;
  await context.keeper.update((run) => ({
    ...run,
    trees: [...run.trees, beside.tree],
    // The first one is what everything else is taken from, and is unmounted last.
    mounts: [
      { kind, target: beside.tree },
      ...run.mounts.filter(({ target }) => target !== context.tree),
    ],
  }));
  const first = await buildTree(beside, [root]);
  const others = mounts.filter((mount) => mount !== root);
  if (first.some((mounted) => mounted.kind === "failed")) {
    return { mounted: [...first, ...await buildTree(context, others)], rootEntries: [] };
  }
  const recursive = root.kind === "bind" && root.recursive;
  const rootEntries = await showEntries(context, beside.tree, recursive);
  return { mounted: [...first, ...await buildTree(context, others)], rootEntries };
}

/** Shows the entries of a directory in the tree; returns the names of those that are there. */
async function showEntries(
  context: TreeContext,
  from: string,
  recursive: boolean,
): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(from));
  const mountable = entries.filter(({ isDirectory, isFile }) => isDirectory || isFile);
  const links = entries.filter(({ isSymlink }) => isSymlink);
  const targets: readonly JournalMount[] = [...mountable, ...links].map(({ name }) => ({
    kind: "bind",
    target: join(context.tree, name),
  }));
  await context.keeper.update((run) => {
    const [first, ...rest] = run.mounts;
    return { ...run, mounts: first === undefined ? targets : [first, ...targets, ...rest] };
  });
  await Deno.mkdir(context.tree, { recursive: true, mode: 0o755 });
  const shown: string[] = [];
  for (const { name } of links) {
    await Deno.symlink(await Deno.readLink(join(from, name)), join(context.tree, name));
    shown.push(name);
  }
  for (const { name, isDirectory } of mountable) {
    const target = join(context.tree, name);
    if (isDirectory) await Deno.mkdir(target);
    else await Deno.writeFile(target, new Uint8Array(), { createNew: true });
    const result = await bindMount(context.run, join(from, name), target, recursive);
    if (!result.succeeded) continue;
    context.mounted.add(name);
    shown.push(name);
  }
  return shown;
}
