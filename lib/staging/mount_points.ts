/**
 * Provides the mount points of the tree.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import { mountEmpty } from "../zfs/mounting.ts";
import type { JournalKeeper } from "./journal_keeper.ts";
import { ancestors } from "./places.ts";
import type { StagingFiles } from "./system.ts";

/** Where mount points are provided. */
export interface MountPointContext {
  readonly run: RunZfsCommand;
  readonly note: (text: string) => void;
  readonly keeper: JournalKeeper;
  readonly files: StagingFiles;
  /** The tree's absolute path, without symbolic links. */
  readonly tree: string;
  /** Mount points of live directories that may not be private; filled here. */
  readonly doubtful: Set<string>;
  /** Places where something is mounted already; those of `bridges` are among them. */
  readonly mounted: Set<string>;
  /** Places of tiny file systems, in which directories can be made; filled here. */
  readonly bridges: Set<string>;
}

/** The mount point, or why there is none. */
export type MountPoint =
  | { readonly kind: "ready"; readonly target: string }
  | { readonly kind: "missing"; readonly reason: string };

/**
 * Provides one mount point. In the tree itself directories are made. In what is mounted there, which
 * is read-only, the directory normally exists, because the dataset is mounted there live. Where a
 * part of the way is missing below an EMPTY directory (the mount point of a dataset that is not
 * backed up), a tiny file system goes over that and takes the rest of the way.
 *
 * @param context where
 * @param at the place in the tree
 * @param kind whether a directory or a file is to be mounted
 */
export async function provideMountPoint(
  context: MountPointContext,
  at: string,
  kind: "directory" | "file",
): Promise<MountPoint> {
  const target = at === "" ? context.tree : join(context.tree, at);
  try {
    const outer = ancestors(at).findLast((above) => context.mounted.has(above));
    if (outer === undefined || context.bridges.has(outer)) await make(context.files, target, kind);
    else if (!await exists(context, outer, at, kind)) {
      const problem = await bridge(context, outer, at, kind);
      if (problem !== undefined) return { kind: "missing", reason: problem };
    }
    // A link on the way would lead the mount out of the tree.
    const real = await context.files.realPath(target);
    if (real !== target) {
      return { kind: "missing", reason: `a symbolic link on the way leads to "${real}"` };
    }
    // Where the root directory was split its entries are mounted already, and what is mounted live below
    // a directory came along with it: the snapshot goes over that.
    const isOurs = context.mounted.has(at) || outer !== undefined;
    if (!isOurs && await isMountPoint(context.files, target)) {
      return { kind: "missing", reason: `something else is mounted at "${target}" already` };
    }
    return { kind: "ready", target };
  } catch (error) {
    return { kind: "missing", reason: reasonOf(error) };
  }
}

async function isMountPoint(files: StagingFiles, path: string): Promise<boolean> {
  return (await files.lstat(path)).dev !== (await files.lstat(dirname(path))).dev;
}

/**
 * Makes the directory that everything is mounted in. It must not be there yet: whatever is in it then
 * belongs to somebody else.
 *
 * @param files the file system
 * @param tree the directory
 * @throws {AppError} when it can't be made, or is there already
 */
export async function makeTree(files: StagingFiles, tree: string): Promise<void> {
  try {
    await files.mkdir(dirname(tree), { recursive: true, mode: 0o700 });
    await files.mkdir(tree, { mode: 0o755 });
  } catch (error) {
    const hint = "See what else uses the directory, or set paths.temp_dir to another one";
    throw new AppError(`Cannot make the directory "${tree}": ${reasonOf(error)}`, {
      hint,
      cause: error,
    });
  }
}

async function make(
  files: StagingFiles,
  target: string,
  kind: "directory" | "file",
): Promise<void> {
  const directory = kind === "directory" ? target : dirname(target);
  await files.mkdir(directory, { recursive: true, mode: 0o755 });
  if (kind === "directory") return;
  await files.writeFile(target, new Uint8Array(), { createNew: true });
}

async function exists(
  context: MountPointContext,
  outer: string,
  at: string,
  kind: "directory" | "file",
): Promise<boolean> {
  for (const step of [...ancestors(at), at]) {
    if (step.length <= outer.length) continue;
    const info = await lookQuietly(context.files, join(context.tree, step));
    if (info === undefined) return false;
    if (info.isSymlink || (step !== at && !info.isDirectory)) {
      throw new Error(`"${step}" is not a directory`);
    }
    if (step === at && info.isDirectory !== (kind === "directory")) {
      throw new Error(`"${step}" is not a ${kind}`);
    }
  }
  return true;
}

/** Puts a tiny file system over the empty directory where the way ends; says why it can't. */
async function bridge(
  context: MountPointContext,
  outer: string,
  at: string,
  kind: "directory" | "file",
): Promise<string | undefined> {
  let end = outer;
  for (const step of ancestors(at)) {
    if (step.length <= outer.length) continue;
    if (await lookQuietly(context.files, join(context.tree, step)) === undefined) break;
    end = step;
  }
  const target = end === "" ? context.tree : join(context.tree, end);
  for await (const _entry of context.files.readDir(target)) {
    return `"/${at}" does not exist in what is mounted at "/${end}"`;
  }
  const { mode, uid, gid } = await context.files.lstat(target);
  context.note(`"/${end}" lacks the directories down to "/${at}": they are made on a tmpfs`);
  await context.keeper.intend((run) => ({
    ...run,
    mounts: [...run.mounts, { kind: "empty", target }],
  }));
  const result = await mountEmpty(context.run, target, {
    mode: (mode ?? 0o755) & 0o7777,
    uid: uid ?? 0,
    gid: gid ?? 0,
  });
  if (!result.succeeded) return `nothing can be mounted at "/${end}"`;
  context.mounted.add(end);
  context.bridges.add(end);
  await make(context.files, join(context.tree, at), kind);
  return undefined;
}

async function lookQuietly(
  files: StagingFiles,
  path: string,
): Promise<Deno.FileInfo | undefined> {
  try {
    return await files.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
