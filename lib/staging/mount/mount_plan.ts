/**
 * Plans the mount tree: which snapshot or directory is mounted where, and which paths are archived.
 * Pure. Paths here are relative to the tree: `srv/data`; the root directory is the empty string.
 *
 * @module
 */
import type { SnapshotTarget } from "../snapshot_source.ts";
import { ancestors, inTree, isBelow } from "../tree_paths.ts";
import type { MountedTarget, ReadableDirectory } from "./readable_directories.ts";

/** Something that is to be mounted in the tree. */
export type Mount =
  | {
    readonly kind: "snapshot";
    /** Where, relative to the tree. */
    readonly at: string;
    /** What it is a snapshot of. */
    readonly of: SnapshotTarget;
    /** Where it may go instead, when `at` does not exist in what is mounted above it. */
    readonly otherwise: string | undefined;
  }
  | {
    readonly kind: "bind";
    readonly at: string;
    /** What is shown there, an absolute path. */
    readonly source: string;
    /** With everything that is mounted below. */
    readonly recursive: boolean;
    /** It was not named in the configuration, but lies below a directory that was. */
    readonly nested: boolean;
  };

/** What there is to mount. */
export interface MountRequest {
  /** Targets with a snapshot that are archived as such. */
  readonly datasets: readonly SnapshotTarget[];
  readonly onSnapshots: readonly ReadableDirectory[];
  /** Directories that are read live: absolute, normalised. */
  readonly live: readonly string[];
  readonly oneFileSystem: boolean;
}

/** The plan of the tree. */
export interface MountPlan {
  /** In the order in which they have to be mounted. */
  readonly mounts: readonly Mount[];
  /** What is archived, relative to the tree, with the configuration's name for it. */
  readonly sources: readonly PlannedSource[];
}

/** Something that is archived. */
export interface PlannedSource {
  /** Where it is staged, relative to the tree. */
  readonly at: string;
  /** The live path, if it is a directory that the configuration names. */
  readonly directory: string | undefined;
  /** The mount it can't be without; a directory may lie deeper. */
  readonly mount: Mount;
}

/**
 * Plans which snapshot or directory is mounted where. A directory comes first, at its own path; then
 * datasets that are mounted, at their mount points; then those that are not. A dataset without a
 * mount point, or whose place is taken, goes to `zfs/DATASET`.
 */
export function planMounts(request: MountRequest): MountPlan {
  const taken = new Map<string, Mount>();
  const sources: PlannedSource[] = [];
  const place = (mount: Mount): Mount => {
    const there = taken.get(mount.at) ?? mount;
    taken.set(mount.at, there);
    return there;
  };
  for (const directory of request.onSnapshots) {
    const mount = place(snapshotAt(directory));
    for (const nested of directory.nested) place(snapshotAt(nested));
    for (const source of directory.nestedLive) {
      place({ kind: "bind", at: inTree(source), source, recursive: true, nested: true });
    }
    sources.push({ at: inTree(directory.path), directory: directory.path, mount });
  }
  for (const source of request.live) {
    const at = inTree(source);
    const recursive = !request.oneFileSystem;
    const mount = place({ kind: "bind", at, source, recursive, nested: false });
    sources.push({ at, directory: source, mount });
  }
  for (const of of request.datasets.toSorted((a, b) => Number(b.mounted) - Number(a.mounted))) {
    const mount = place(mountOfDataset(of, taken));
    sources.push({ at: mount.at, directory: undefined, mount });
  }
  return { mounts: inOrder([...taken.values()]), sources };
}

function mountOfDataset(of: SnapshotTarget, taken: ReadonlyMap<string, Mount>): Mount {
  const aside = `${of.source}/${of.name}`;
  const at = of.mountpoint === undefined ? aside : inTree(of.mountpoint);
  const there = taken.get(at);
  if (there === undefined) {
    return { kind: "snapshot", at, of, otherwise: at === aside ? undefined : aside };
  }
  if (there.kind === "snapshot" && there.of.name === of.name) return there;
  return { kind: "snapshot", at: aside, of, otherwise: undefined };
}

function snapshotAt({ of, mountpoint }: MountedTarget): Mount {
  return { kind: "snapshot", at: inTree(mountpoint), of, otherwise: undefined };
}

/** What a mount shows, for messages. */
export function whatOf(mount: Mount): string {
  return mount.kind === "snapshot"
    ? `the snapshot of "${mount.of.name}"`
    : `the directory "${mount.source}"`;
}

/** Sorts mounts so that outer ones come before those in them. */
function inOrder<T extends { readonly at: string }>(mounts: readonly T[]): readonly T[] {
  const depth = ({ at }: T) => ancestors(at).length;
  return mounts.toSorted((a, b) => depth(a) - depth(b) || (a.at < b.at ? -1 : 1));
}

/**
 * Puts mounts into levels: none lies below another one of its level, so that they can be mounted
 * side by side, each level after the one before it.
 */
export function levelsOf<T extends { readonly at: string }>(
  mounts: readonly T[],
): readonly (readonly T[])[] {
  const levels: T[][] = [];
  const levelOf = new Map<string, number>();
  for (const mount of mounts) {
    const level = 1 + Math.max(-1, ...ancestors(mount.at).map((at) => levelOf.get(at) ?? -1));
    levelOf.set(mount.at, level);
    const members = levels[level] ?? [];
    members.push(mount);
    levels[level] = members;
  }
  return levels;
}

/**
 * What is named to Borg. Without `--one-file-system` Borg enters what is mounted below a source, so
 * that naming both would archive it twice; with it each file system has to be named.
 */
export function pathsForBorg(
  places: readonly string[],
  oneFileSystem: boolean,
): readonly string[] {
  const all = [...new Set(places)].toSorted();
  const named = oneFileSystem ? all : all.filter((at) => !all.some((other) => isBelow(at, other)));
  return named.map((at) => at === "" ? "." : at);
}
