/**
 * Mounts everything in its place, level by level, and makes sure that it is there.
 *
 * @module
 */
import { dirname } from "node:path";
import { reasonOf } from "../errors.ts";
import { bindMount, mountSnapshot } from "../zfs/mounting.ts";
import { findZfsMount, type MountTableReading, readMountTable } from "../zfs/mount_table.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { reasonFor } from "../zfs/reasons.ts";
import type { Problem } from "../backup/outcome.ts";
import { forEachOfMany } from "./commands.ts";
import { inTime } from "./live_directories.ts";
import { makeTree, type MountPointContext, provideMountPoint } from "./mount_points.ts";
import { levelsOf, type Mount } from "./places.ts";
import type { StagingFiles } from "./system.ts";

/**
 * Whether two paths show the same file or directory.
 *
 * @param files the file system
 * @param one a path
 * @param other another path
 * @throws {Error} when one of them is not there, or does not answer
 */
export async function isSame(files: StagingFiles, one: string, other: string): Promise<boolean> {
  const [here, there] = await Promise.all([
    inTime(files.lstat(one), PATIENCE),
    inTime(files.lstat(other), PATIENCE),
  ]);
  return here.dev === there.dev && here.ino === there.ino;
}

/** Where the tree is built. */
export interface TreeContext extends MountPointContext {
  /** The part of the snapshots' names behind the `@`. */
  readonly label: string;
  /** What did not answer; filled by the runner. */
  readonly hung: ReadonlySet<string>;
}

/** What became of one mount. */
export type Mounted =
  | {
    readonly kind: "mounted";
    readonly mount: Mount;
    /** Where it really is, relative to the tree. */
    readonly at: string;
    /** The same as an absolute path. */
    readonly target: string;
    /** It is not where it should be. */
    readonly warning: Problem | undefined;
  }
  | { readonly kind: "failed"; readonly mount: Mount; readonly problem: Problem };

/** How long a look at a mounted directory may take, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Builds a tree whose root directory need not be split.
 *
 * @param context where
 * @param mounts in the order in which they have to be mounted; the journal knows them already
 * @throws {AppError} when the tree can't be made
 */
export async function buildWholeTree(context: TreeContext, mounts: readonly Mount[]) {
  await makeTree(context.files, context.tree);
  return { mounted: await buildTree(context, mounts), rootEntries: undefined, problems: [] };
}

/**
 * Builds the tree, or a part of it.
 *
 * @param context where
 * @param mounts in the order in which they have to be mounted; the journal knows them already
 * @returns what became of each; everything that counts as mounted has been verified
 */
export async function buildTree(
  context: TreeContext,
  mounts: readonly Mount[],
): Promise<readonly Mounted[]> {
  const all: Mounted[] = [];
  for (const level of levelsOf(mounts)) {
    const ready: Prepared[] = [];
    // One after the other: two of them may need the same directories.
    for (const mount of level) ready.push(await prepare(context, mount));
    const done = await forEachOfMany(ready, (prepared) => mountOne(context, prepared));
    for (const mounted of done) if (mounted.kind === "mounted") context.mounted.add(mounted.at);
    all.push(...done);
  }
  return await verify(context, all);
}

type Prepared = Mounted;

async function prepare(context: TreeContext, mount: Mount): Promise<Prepared> {
  const kind = mount.kind === "bind" && (await isFile(context, mount.source))
    ? "file"
    : "directory";
  const point = await provideMountPoint(context, mount.at, kind);
  if (point.kind === "ready") {
    return { kind: "mounted", mount, at: mount.at, target: point.target, warning: undefined };
  }
  if (mount.kind === "snapshot" && mount.otherwise !== undefined) {
    const other = await provideMountPoint(context, mount.otherwise, kind);
    if (other.kind === "ready") {
      const warning: Problem = {
        severity: "warning",
        message: `The dataset "${mount.dataset}" is archived below "${mount.otherwise}" and not ` +
          `at its mount point: ${point.reason}`,
        hint: `Mount the dataset once, so that its mount point exists, or add it to zfs.exclude`,
      };
      return { kind: "mounted", mount, at: mount.otherwise, target: other.target, warning };
    }
  }
  const message = `Cannot stage ${whatOf(mount)}: there is no mount point, as ${point.reason}`;
  const hint = "See whether the directory exists in the parent dataset";
  return { kind: "failed", mount, problem: { severity: "error", message, hint } };
}

async function isFile(context: TreeContext, path: string): Promise<boolean> {
  const info = await inTime(context.files.lstat(path), PATIENCE).catch(() => undefined);
  return info !== undefined && !info.isDirectory;
}

async function mountOne(context: TreeContext, prepared: Prepared): Promise<Mounted> {
  if (prepared.kind === "failed") return prepared;
  const { mount, target } = prepared;
  if (mount.kind === "snapshot" && context.hung.has(poolOf(mount.dataset))) {
    const pool = poolOf(mount.dataset);
    const message = `Cannot mount ${whatOf(mount)}: the pool "${pool}" does not answer`;
    const hint = `See "zpool status ${pool}"`;
    return { kind: "failed", mount, problem: { severity: "error", message, hint } };
  }
  const result = mount.kind === "snapshot"
    ? await mountSnapshot(context.run, `${mount.dataset}@${context.label}`, target)
    : await bindMount(context.run, mount.source, target, mount.recursive);
  if (result.succeeded) return prepared;
  if (mount.kind === "bind") context.doubtful.add(target);
  const { reason, hint } = mount.kind === "snapshot"
    ? reasonFor(result, mount.dataset, [target])
    : reasonFor(result, "", [target, mount.source]);
  const problem: Problem = {
    severity: mount.kind === "bind" && mount.nested ? "warning" : "error",
    message: `Cannot mount ${whatOf(mount)}: ${reason}`,
    hint,
  };
  return { kind: "failed", mount, problem };
}

/** Trusts no exit code: what is read as a backup must be what it is taken for. */
async function verify(context: TreeContext, all: readonly Mounted[]): Promise<readonly Mounted[]> {
  if (!all.some(({ kind }) => kind === "mounted")) return all;
  const table = await readMountTable(context.run, "zfs");
  return await forEachOfMany(all, async (mounted): Promise<Mounted> => {
    if (mounted.kind === "failed") return mounted;
    const fault = await faultOf(context, table, mounted);
    if (fault === undefined) return mounted;
    const problem: Problem = {
      severity: "error",
      message: `Cannot trust the mount of ${whatOf(mounted.mount)}: ${fault}`,
      hint:
        `See what else mounts or unmounts below "${context.tree}": findmnt -R "${context.tree}"`,
    };
    return { kind: "failed", mount: mounted.mount, problem };
  });
}

async function faultOf(
  context: TreeContext,
  table: MountTableReading,
  mounted: Extract<Mounted, { kind: "mounted" }>,
): Promise<string | undefined> {
  const { mount, target } = mounted;
  try {
    if (mount.kind === "bind") {
      const same = await isSame(context.files, mount.source, target);
      return same ? undefined : `it is not "${mount.source}" that is there`;
    }
    if (table.kind === "failed") {
      return `the mount table cannot be read: ${reasonFor(table.result, "").reason}`;
    }
    // A bridge may lie on top of it.
    const found = findZfsMount(table.lines, `${mount.dataset}@${context.label}`, target);
    if (found === undefined) return "it is not in the mount table";
    if (!found.readOnly) return "it is not read-only";
    const here = await inTime(context.files.lstat(target), PATIENCE);
    const above = await inTime(context.files.lstat(dirname(target)), PATIENCE);
    return above.dev === here.dev ? "there is no mount point" : undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function whatOf(mount: Mount): string {
  return mount.kind === "snapshot"
    ? `the snapshot of "${mount.dataset}"`
    : `the directory "${mount.source}"`;
}
