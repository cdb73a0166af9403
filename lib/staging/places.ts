/**
 * Where in the tree everything goes, and what of it is archived. Paths here are relative to the
 * tree: `srv/data`; the root directory is the empty string.
 *
 * @module
 */
import type { Dataset } from "../zfs/dataset_list.ts";

/** Something that is to be mounted in the tree. */
export type Mount =
  | {
    readonly kind: "snapshot";
    /** Where, relative to the tree. */
    readonly at: string;
    /** The snapshot's dataset. */
    readonly dataset: string;
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

/** A directory that is read from a snapshot. */
export interface SnapshotDirectory {
  /** The path in the configuration. */
  readonly path: string;
  /** The dataset it lies on. */
  readonly dataset: string;
  /** Where that is mounted. */
  readonly mountpoint: string;
  /** ZFS file systems that are mounted below the directory, and are archived with it. */
  readonly nestedDatasets: readonly { readonly dataset: string; readonly mountpoint: string }[];
  /** Other file systems that are mounted below it, the outermost ones. */
  readonly nestedMounts: readonly string[];
}

/** What there is to place. */
export interface PlacesRequest {
  /** Datasets that are selected as such. */
  readonly datasets: readonly Dataset[];
  /** Directories on ZFS. */
  readonly snapshotDirectories: readonly SnapshotDirectory[];
  /** Directories that are read live: absolute, normalised. */
  readonly liveDirectories: readonly string[];
  readonly one_file_system: boolean;
}

/** The plan of the tree. */
export interface Places {
  /** In the order in which they have to be mounted. */
  readonly mounts: readonly Mount[];
  /** What is archived, relative to the tree, with the configuration's name for it. */
  readonly sources: readonly Source[];
}

/** Something that was asked for. */
export interface Source {
  /** Where it is staged, relative to the tree. */
  readonly at: string;
  /** What it is, for messages: `dataset "tank/data"`. */
  readonly what: string;
  /** The live path, if it is a directory that the configuration names. */
  readonly directory: string | undefined;
  /** The mount it can't be without; a directory may lie deeper. */
  readonly mount: Mount;
}

/**
 * Finds a place for everything. A directory comes first, at its own path; then datasets that are
 * mounted, at their mount points; then those that are not. A dataset without a mount point, or
 * whose place is taken, goes to `zfs/DATASET`.
 *
 * @param request what there is to place
 */
export function findPlaces(request: PlacesRequest): Places {
  const taken = new Map<string, Mount>();
  const sources: Source[] = [];
  const place = (mount: Mount): Mount => {
    const there = taken.get(mount.at);
    if (there !== undefined) return there;
    taken.set(mount.at, mount);
    return mount;
  };
  for (const directory of request.snapshotDirectories) {
    const mount = place(snapshotAt(directory.dataset, directory.mountpoint));
    for (const nested of directory.nestedDatasets) {
      place(snapshotAt(nested.dataset, nested.mountpoint));
    }
    for (const source of directory.nestedMounts) {
      place({ kind: "bind", at: inTree(source), source, recursive: true, nested: true });
    }
    sources.push(sourceOf(directory.path, mount));
  }
  for (const path of request.liveDirectories) {
    const recursive = !request.one_file_system;
    const at = inTree(path);
    const mount = place({ kind: "bind", at, source: path, recursive, nested: false });
    sources.push(sourceOf(path, mount));
  }
  const mountedFirst = request.datasets.toSorted((a, b) => Number(b.mounted) - Number(a.mounted));
  for (const dataset of mountedFirst) {
    const mount = placeDataset(dataset, taken, place);
    const what = `the dataset "${dataset.name}"`;
    sources.push({ at: mount.at, what, directory: undefined, mount });
  }
  return { mounts: inOrder([...taken.values()]), sources };
}

function sourceOf(directory: string, mount: Mount): Source {
  return { at: inTree(directory), what: `the directory "${directory}"`, directory, mount };
}

function placeDataset(
  dataset: Dataset,
  taken: ReadonlyMap<string, Mount>,
  place: (mount: Mount) => Mount,
): Mount {
  const aside = `zfs/${dataset.name}`;
  // What is not meant to be mounted is not at its mount point, which only its children inherit.
  const usable = dataset.canmount === "off" ? undefined : dataset.mountpoint;
  const at = usable === undefined ? aside : inTree(usable);
  const there = taken.get(at);
  if (there === undefined) {
    const otherwise = at === aside ? undefined : aside;
    return place({ kind: "snapshot", at, dataset: dataset.name, otherwise });
  }
  if (there.kind === "snapshot" && there.dataset === dataset.name) return there;
  return place({ kind: "snapshot", at: aside, dataset: dataset.name, otherwise: undefined });
}

function snapshotAt(dataset: string, mountpoint: string): Mount {
  return { kind: "snapshot", at: inTree(mountpoint), dataset, otherwise: undefined };
}

/**
 * A live path's place in the tree.
 *
 * @param path absolute and normalised
 */
export function inTree(path: string): string {
  return path.replace(/^\/+/, "");
}

/**
 * Whether a place lies below another one.
 *
 * @param inner a place
 * @param outer another place
 */
export function isBelow(inner: string, outer: string): boolean {
  return outer === "" ? inner !== "" : inner.startsWith(`${outer}/`);
}

/**
 * Sorts mounts so that outer ones come before those in them.
 *
 * @param mounts any mounts
 */
export function inOrder<T extends { readonly at: string }>(mounts: readonly T[]): readonly T[] {
  return mounts.toSorted((a, b) => depth(a.at) - depth(b.at) || (a.at < b.at ? -1 : 1));
}

function depth(at: string): number {
  return at === "" ? 0 : at.split("/").length;
}

/**
 * Puts mounts into levels: none lies below another one of its level, so that they can be mounted
 * side by side, each level after the one before it.
 *
 * @param mounts in order
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
 * The places above a place, the outermost first.
 *
 * @param at a place
 * @returns such as `""`, `srv` for `srv/data`
 */
export function ancestors(at: string): readonly string[] {
  if (at === "") return [];
  const parts = at.split("/");
  return parts.map((_, index) => parts.slice(0, index).join("/"));
}

/**
 * What is named to Borg. Without `--one-file-system` Borg enters what is mounted below a source, so
 * that naming both would archive it twice; with it each file system has to be named.
 *
 * @param places where the sources are
 * @param one_file_system whether Borg stays on the file system of each source
 */
export function pathsForBorg(
  places: readonly string[],
  one_file_system: boolean,
): readonly string[] {
  const all = [...new Set(places)].toSorted();
  const named = one_file_system
    ? all
    : all.filter((at) => !all.some((other) => isBelow(at, other)));
  return named.map((at) => at === "" ? "." : at);
}
