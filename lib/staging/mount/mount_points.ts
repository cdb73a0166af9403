/** Provides the mount points of the tree. @module */
import { dirname } from "node:path";
import { AppError, reasonOf } from "../../errors.ts";
import { mountEmpty } from "../../zfs/mounting.ts";
import type { RunJournal } from "../run_journal.ts";
import type { StagingTools } from "../snapshot_source.ts";
import type { StagingFiles } from "../staging_files.ts";
import { ancestors, pathIn } from "../tree_paths.ts";

type PointKind = "directory" | "file";

/** A tree in which something is mounted already. */
interface OccupiedTree {
  readonly path: string;
  /** Places where something is mounted; those of `bridges` are among them. */
  readonly mounted: ReadonlySet<string>;
  /** Places of tiny file systems, in which directories can be made. */
  readonly bridges: ReadonlySet<string>;
}

type MountPoint =
  & (
    | { readonly kind: "ready"; readonly path: string }
    | { readonly kind: "missing"; readonly reason: string }
  )
  & {
    /** Where a tiny file system was mounted for it. */
    readonly bridge: string | undefined;
  };

/**
 * Provides one mount point. In the tree itself directories are made. In what is mounted there, which
 * is read-only, the directory normally exists, because the dataset is mounted there live. Where a
 * part of the way is missing below an EMPTY directory (the mount point of a dataset that is not
 * backed up), a tiny file system goes over that and takes the rest of the way.
 */
export async function provideMountPoint(
  tools: StagingTools,
  journal: RunJournal,
  tree: OccupiedTree,
  at: string,
  kind: PointKind,
): Promise<MountPoint> {
  const { files } = tools;
  const path = pathIn(tree.path, at);
  let bridge: string | undefined;
  try {
    const outer = ancestors(at).findLast((above) => tree.mounted.has(above));
    const isWritable = outer === undefined || tree.bridges.has(outer);
    const end = isWritable ? undefined : await endOfWay(files, tree, outer, at, kind);
    if (end !== undefined && end !== at) {
      await mountBridge(tools, journal, tree, end, at);
      bridge = end;
    }
    if (end !== at) await make(files, path, kind);
    // A link on the way would lead the mount out of the tree.
    const real = await files.realPath(path);
    if (real !== path) throw new Error(`a symbolic link in the path points to "${real}"`);
    // Where the root directory was split its entries are mounted already, and what is mounted live below
    // a directory came along with it: the snapshot goes over that.
    const isOurs = tree.mounted.has(at) || outer !== undefined;
    if (!isOurs && await isMountPoint(files, path)) {
      throw new Error(`something else is mounted at "${path}" already`);
    }
    return { kind: "ready", path, bridge };
  } catch (error) {
    return { kind: "missing", reason: reasonOf(error), bridge };
  }
}

async function isMountPoint(files: StagingFiles, path: string): Promise<boolean> {
  return (await files.lstat(path)).dev !== (await files.lstat(dirname(path))).dev;
}

/**
 * Makes the directory that everything is mounted in. It must not be there yet: whatever is in it then
 * belongs to another program.
 *
 * @throws {AppError} when it can't be made, or is there already
 */
export async function makeTree(files: StagingFiles, tree: string): Promise<void> {
  try {
    await files.mkdir(dirname(tree), { recursive: true, mode: 0o700 });
    await files.mkdir(tree, { mode: 0o755 });
  } catch (error) {
    const hint = "Find out what else uses the directory, or set paths.temp_dir to another one";
    throw new AppError(`Cannot create the directory "${tree}": ${reasonOf(error)}`, {
      hint,
      cause: error,
    });
  }
}

async function make(files: StagingFiles, path: string, kind: PointKind): Promise<void> {
  const directory = kind === "directory" ? path : dirname(path);
  await files.mkdir(directory, { recursive: true, mode: 0o755 });
  if (kind === "file") await files.writeFile(path, new Uint8Array(), { createNew: true });
}

/** Follows the way to a place in what is mounted around it; gives the last place that is there. */
async function endOfWay(
  files: StagingFiles,
  tree: OccupiedTree,
  outer: string,
  at: string,
  kind: PointKind,
): Promise<string> {
  let end = outer;
  for (const step of [...ancestors(at), at].filter((one) => one.length > outer.length)) {
    const info = await lookIfThere(files, pathIn(tree.path, step));
    if (info === undefined) return end;
    if (info.isSymlink || (step !== at && !info.isDirectory)) {
      throw new Error(`"${step}" is not a directory`);
    }
    if (step === at && info.isDirectory !== (kind === "directory")) {
      throw new Error(`"${step}" is not a ${kind}`);
    }
    end = step;
  }
  return end;
}

/** Puts a tiny file system over an empty directory of the tree. */
async function mountBridge(
  { run, files, note }: StagingTools,
  journal: RunJournal,
  tree: OccupiedTree,
  end: string,
  at: string,
): Promise<void> {
  const target = pathIn(tree.path, end);
  for await (const _entry of files.readDir(target)) {
    throw new Error(`"/${at}" does not exist in what is mounted at "/${end}"`);
  }
  const { mode, uid, gid } = await files.lstat(target);
  note(`"/${end}" lacks the directories down to "/${at}": they are made on a tmpfs`);
  await journal.intend(({ mounts }) => ({ mounts: [...mounts, { kind: "empty", target }] }));
  const result = await mountEmpty(run, target, {
    mode: (mode ?? 0o755) & 0o7777,
    uid: uid ?? 0,
    gid: gid ?? 0,
  });
  if (!result.succeeded) throw new Error(`nothing can be mounted at "/${end}"`);
}

async function lookIfThere(files: StagingFiles, path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await files.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
