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
import { reasonOf } from "../errors.ts";
import type { JournalMount } from "../state/journal.ts";
import { bindMount } from "../zfs/mounting.ts";
import { reasonFor } from "../zfs/reasons.ts";
import type { Problem } from "../backup/outcome.ts";
import { makeTree } from "./mount_points.ts";
import { isBelow, type Mount } from "./places.ts";
import { buildTree, isSame, type Mounted, type TreeContext } from "./tree.ts";

/** The tree, and where the entries of the root directory are. */
export interface SplitTree {
  readonly mounted: readonly Mounted[];
  /** What stands for the root directory in the list of sources. */
  readonly rootEntries: readonly string[];
  /** Entries that could not be shown. */
  readonly problems: readonly Problem[];
}

/**
 * The directory beside the tree in which the root file system is mounted.
 *
 * @param tree the tree's absolute path
 */
export function besides(tree: string): string {
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
  await context.keeper.intend((run) => ({
    ...run,
    trees: [...run.trees, beside.tree],
    // The first one is what everything else is taken from, and is unmounted last.
    mounts: [
      { kind, target: beside.tree },
      ...run.mounts.filter(({ target }) => target !== context.tree),
    ],
  }));
  await makeTree(context.files, beside.tree);
  await makeTree(context.files, context.tree);
  // There is no other place beside the tree.
  const placed: Mount = root.kind === "snapshot" ? { ...root, otherwise: undefined } : root;
  const first = (await buildTree(beside, [placed])).map((mounted) => ({ ...mounted, mount: root }));
  const others = mounts.filter((mount) => mount !== root);
  if (first.some((mounted) => mounted.kind === "failed")) {
    const mounted = [...first, ...await buildTree(context, others)];
    return { mounted, rootEntries: [], problems: [] };
  }
  const recursive = root.kind === "bind" && root.recursive;
  const { shown, problems } = await showEntries(context, beside.tree, recursive);
  const mounted = [...first, ...await buildTree(context, others)];
  return { mounted, rootEntries: shown, problems };
}

interface ShownEntries {
  /** The names of those that are there. */
  readonly shown: readonly string[];
  /** Why others are not. */
  readonly problems: readonly Problem[];
}

/** Shows the entries of a directory in the tree. */
async function showEntries(
  context: TreeContext,
  from: string,
  recursive: boolean,
): Promise<ShownEntries> {
  const { files, tree } = context;
  const entries = await Array.fromAsync(files.readDir(from));
  // A device or a pipe is mounted over a file as well.
  const mountable = entries.filter(({ isSymlink }) => !isSymlink);
  const links = entries.filter(({ isSymlink }) => isSymlink);
  const targets: readonly JournalMount[] = [...mountable, ...links].map(({ name }) => ({
    kind: "bind",
    target: join(tree, name),
  }));
  await context.keeper.intend((run) => {
    const [first, ...rest] = run.mounts;
    return { ...run, mounts: first === undefined ? targets : [first, ...targets, ...rest] };
  });
  const shown: string[] = [];
  const problems: Problem[] = [];
  for (const { name } of links) {
    await files.symlink(await files.readLink(join(from, name)), join(tree, name));
    shown.push(name);
  }
  for (const { name, isDirectory } of mountable) {
    const problem = await showEntry(context, join(from, name), { name, isDirectory, recursive });
    if (problem === undefined) shown.push(name);
    else problems.push(problem);
  }
  return { shown, problems };
}

async function showEntry(
  context: TreeContext,
  source: string,
  entry: { readonly name: string; readonly isDirectory: boolean; readonly recursive: boolean },
): Promise<Problem | undefined> {
  const { files, tree, run } = context;
  const target = join(tree, entry.name);
  const fail = (reason: string, hint: string): Problem => {
    const message = `Cannot show "/${entry.name}" of the root directory at "${target}": ${reason}`;
    return { severity: "error", message, hint };
  };
  try {
    if (entry.isDirectory) await files.mkdir(target);
    else await files.writeFile(target, new Uint8Array(), { createNew: true });
    const result = await bindMount(run, source, target, entry.recursive);
    if (!result.succeeded) {
      context.doubtful.add(target);
      const { reason, hint } = reasonFor(result, "");
      return fail(reason, hint);
    }
    if (await isSame(files, source, target)) {
      context.mounted.add(entry.name);
      return undefined;
    }
    return fail("it is not there, although mount has succeeded", seeMounts(tree));
  } catch (error) {
    return fail(reasonOf(error), seeMounts(tree));
  }
}

function seeMounts(tree: string): string {
  return `See what else mounts or unmounts below "${tree}": findmnt -R "${tree}"`;
}
