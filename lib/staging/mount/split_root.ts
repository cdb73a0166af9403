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
import { reasonOf } from "../../errors.ts";
import type { Problem } from "../../problem.ts";
import type { JournalMount } from "../../state/journal.ts";
import { bindMount } from "../../zfs/mounting.ts";
import { reasonFor } from "../../zfs/reasons.ts";
import type { RunJournal } from "../run_journal.ts";
import type { StagingTools } from "../snapshot_source.ts";
import { isBelow, pathIn } from "../tree_paths.ts";
import type { Mount } from "./mount_plan.ts";
import { isSame, seeMounts } from "./mount_tree.ts";

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
export interface ShownEntries {
  /** The names of its entries that are there; they stand for it in the list of sources. */
  readonly shown: readonly string[];
  /** Those that are mounts of their own. */
  readonly mounted: readonly string[];
  /** Why others are not there. */
  readonly problems: readonly Problem[];
}

/**
 * Shows the entries of the root directory in the tree.
 *
 * @param journal the run's part of it; the root is its first mount
 */
export async function showEntries(
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
    return { severity: "error", message, hint };
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
    return fail("it is not there, although mount has succeeded");
  } catch (error) {
    return fail(reasonOf(error));
  }
}
