/**
 * Builds the mount tree as it was planned.
 *
 * When a dataset that is mounted at `/` is staged (or `/` itself as a live directory), the tree is that
 * read-only file system, and there is no directory in it for what goes below `zfs/`. On a system
 * whose root is on ZFS that is the rule: the pool and the boot environments that are not running
 * have no mount points of their own. Then the root directory is split: its file system is mounted
 * next to the tree, and the entries are shown in the tree one by one, at the same paths.
 *
 * @module
 */
import { reasonOf } from "../../errors.ts";
import { failure, type Problem } from "../../problem.ts";
import type { JournalMount } from "../../state/journal.ts";
import { bindMount } from "../../zfs/mounting.ts";
import { reasonFor } from "../../zfs/reasons.ts";
import type { RunJournal } from "../run_journal.ts";
import type { StagingTools } from "../snapshot_source.ts";
import { isBelow, pathIn } from "../tree_paths.ts";
import type { Mount, MountPlan } from "./mount_plan.ts";
import { makeTree } from "./mount_points.ts";
import { isSame, type MountOutcome, mountTree, seeMounts } from "./mount_tree.ts";

/** The tree that was built. */
export interface BuiltTree {
  readonly path: string;
  readonly outcomes: readonly MountOutcome[];
  /** What stands for the root directory when it was split. */
  readonly rootEntries: readonly string[] | undefined;
  /** Absolute mount points of live directories that are known to be private mounts. */
  readonly privateBinds: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/**
 * Makes the tree and mounts what is planned; when the root directory has to be split, that first.
 *
 * @throws {AppError} when the tree can't be made, or the journal can't be written
 */
export async function mountSources(
  tools: StagingTools,
  journal: RunJournal,
  path: string,
  { mounts }: MountPlan,
): Promise<BuiltTree> {
  const root = rootToSplit(mounts);
  const others = mounts.filter((mount) => mount !== root);
  const intended = others.flatMap((mount) => journalMounts(path, mount));
  if (root === undefined) {
    await journal.intend(() => ({ mounts: intended }));
    await makeTree(tools.files, path);
    return built(path, await mountTree(tools, journal, path, mounts));
  }
  const beside = besides(path);
  await journal.intend(({ trees }) => ({
    trees: [...trees, beside],
    // The first one is what everything else is taken from, and is unmounted last.
    mounts: [{ kind: root.kind, target: beside }, ...intended],
  }));
  await makeTree(tools.files, beside);
  await makeTree(tools.files, path);
  // There is no other place beside the tree.
  const placed: Mount = root.kind === "snapshot" ? { ...root, otherwise: undefined } : root;
  const first = (await mountTree(tools, journal, beside, [placed]))
    .map((outcome) => ({ ...outcome, mount: root }));
  const { shown, mounted, problems } = first.some(({ kind }) => kind === "failed")
    ? { shown: [], mounted: [], problems: [] }
    : await showEntries(tools, journal, path, root.kind === "bind" && root.recursive);
  const outcomes = [...first, ...await mountTree(tools, journal, path, others, mounted)];
  return { ...built(path, outcomes, mounted), rootEntries: shown, problems };
}

function journalMounts(path: string, mount: Mount): readonly JournalMount[] {
  const otherwise = mount.kind === "snapshot" ? mount.otherwise : undefined;
  const places = otherwise === undefined ? [mount.at] : [mount.at, otherwise];
  return places.map((at) => ({ kind: mount.kind, target: pathIn(path, at) }));
}

function built(
  path: string,
  outcomes: readonly MountOutcome[],
  entries: readonly string[] = [],
): BuiltTree {
  const binds = outcomes.flatMap((outcome) =>
    outcome.kind === "mounted" && outcome.mount.kind === "bind" ? [outcome.path] : []
  );
  // One that failed may be there all the same, and not be private yet, also over an entry.
  const failed = outcomes.flatMap(({ kind, mount }) =>
    kind === "failed" ? pathIn(path, mount.at) : []
  );
  const privateBinds = new Set([...binds, ...entries.map((name) => pathIn(path, name))])
    .difference(new Set(failed));
  return { path, outcomes, rootEntries: undefined, privateBinds, problems: [] };
}

/** The directory beside the tree in which the root file system is mounted. */
export function besides(tree: string): string {
  return `${tree}.root`;
}

/**
 * Whether the root directory has to be split.
 *
 * @returns the mount of the root directory; `undefined` when there is nothing to split
 */
export function rootToSplit(mounts: readonly Mount[]): Mount | undefined {
  const hasAside = mounts.some((mount) =>
    mount.kind === "snapshot" && isBelow(mount.at, mount.of.source)
  );
  return hasAside ? mounts.find(({ at }) => at === "") : undefined;
}

/** The root directory in the tree. */
interface ShownEntries {
  /** The names of its entries that are there; they stand for it in the list of sources. */
  readonly shown: readonly string[];
  /** Those that are mounts of their own. */
  readonly mounted: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Shows the entries of the root directory in the tree.
 *
 * @param journal the run's part of it; the root is its first mount
 */
async function showEntries(
  tools: StagingTools,
  journal: RunJournal,
  tree: string,
  recursive: boolean,
): Promise<ShownEntries> {
  const { files } = tools;
  const from = besides(tree);
  const entries = await Array.fromAsync(files.readDir(from));
  // A device or a pipe is mounted over a file as well.
  const mountable = entries.filter(({ isSymlink }) => !isSymlink);
  const links = entries.filter(({ isSymlink }) => isSymlink);
  const targets = [...mountable, ...links].map(({ name }): JournalMount => ({
    kind: "bind",
    target: pathIn(tree, name),
  }));
  await journal.intend(({ mounts: [first, ...rest] }) => ({
    mounts: first === undefined ? targets : [first, ...targets, ...rest],
  }));
  for (const { name } of links) {
    await files.symlink(await files.readLink(pathIn(from, name)), pathIn(tree, name));
  }
  const mounted: string[] = [];
  const problems: Problem[] = [];
  for (const entry of mountable) {
    const problem = await showEntry(tools, tree, entry, recursive);
    if (problem === undefined) mounted.push(entry.name);
    else problems.push(problem);
  }
  return { shown: [...links.map(({ name }) => name), ...mounted], mounted, problems };
}

async function showEntry(
  { files, run }: StagingTools,
  tree: string,
  { name, isDirectory }: Deno.DirEntry,
  recursive: boolean,
): Promise<Problem | undefined> {
  const source = pathIn(besides(tree), name);
  const target = pathIn(tree, name);
  const fail = (reason: string, hint = seeMounts(tree)): Problem => {
    const message = `Cannot show "/${name}" of the root directory at "${target}": ${reason}`;
    return failure(message, hint);
  };
  try {
    if (isDirectory) await files.mkdir(target);
    else await files.writeFile(target, new Uint8Array(), { createNew: true });
    const result = await bindMount(run, source, target, recursive);
    if (!result.succeeded) {
      const { reason, hint } = reasonFor(result, "");
      return fail(reason, hint);
    }
    if (await isSame(files, source, target)) return undefined;
    return fail("it is missing although mount succeeded");
  } catch (error) {
    return fail(reasonOf(error));
  }
}
