/**
 * Plans the mount tree: which snapshot or directory is mounted where, and which paths are archived.
 * Pure. Paths here are relative to the tree: `srv/data`; the root directory is the empty string.
 *
 * @module
 */
import { aboutSources, type Problem, warning } from "../../problem.ts";
import type { SelectedSources } from "../select/select_sources.ts";
import type { RunSnapshots } from "../snapshot/run_snapshots.ts";
import type { SnapshotTarget } from "../snapshot_source.ts";
import type { ArchivedPlace } from "../own_repositories.ts";
import { ancestors, innermostFirst, inTree } from "../tree_paths.ts";

/** Something that is to be mounted in the tree. */
export type Mount =
  | {
    readonly kind: "snapshot";
    readonly at: string;
    readonly of: SnapshotTarget;
    /** Where it may go instead, when `at` does not exist in what is mounted above it. */
    readonly otherwise: string | undefined;
  }
  | {
    readonly kind: "bind";
    readonly at: string;
    readonly source: string;
    /** With everything that is mounted below. */
    readonly recursive: boolean;
    /** It was not named in the configuration, but lies below a directory that was. */
    readonly nested: boolean;
  };

/** The plan of the tree. */
export interface MountPlan {
  /** In the order in which they have to be mounted. */
  readonly mounts: readonly Mount[];
  readonly sources: readonly PlannedSource[];
  /** All directories that are read live: absolute, normalised. */
  readonly live: readonly string[];
  /** Why some of them are, and why datasets are missing. */
  readonly problems: readonly Problem[];
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
 * mount point, or whose place is taken, goes to `zfs/DATASET`. A directory whose dataset could not be
 * snapshotted is read live: that is better than not at all, but worth a warning.
 */
export function planMounts(
  selection: Pick<SelectedSources, "datasets" | "onSnapshots" | "live" | "failures">,
  { taken, failures }: Pick<RunSnapshots, "taken" | "failures">,
  oneFileSystem: boolean,
): MountPlan {
  const places = new Map<string, Mount>();
  const sources: PlannedSource[] = [];
  const live: string[] = [];
  const problems = selection.datasets.flatMap(({ name }) => {
    const failure = failures.get(name);
    return failure === undefined ? [] : [aboutSources(failure, name)];
  });
  const place = (mount: Mount): Mount => {
    const there = places.get(mount.at) ?? mount;
    places.set(mount.at, there);
    return there;
  };
  const snapshotAt = (dataset: string, mountpoint: string, path: string): Mount | undefined => {
    const of = taken.get(dataset);
    const at = inTree(mountpoint);
    if (of !== undefined) return place({ kind: "snapshot", at, of, otherwise: undefined });
    const failure = failures.get(dataset) ?? selection.failures.get(dataset);
    problems.push(liveWarning(path, dataset, failure));
  };
  for (const { path, dataset, mountpoint, ...below } of selection.onSnapshots) {
    const mount = snapshotAt(dataset, mountpoint, path);
    if (mount === undefined) {
      live.push(path);
      continue;
    }
    const nestedLive = [...below.nestedMounts];
    for (const { dataset, mountpoint } of below.nestedDatasets) {
      if (snapshotAt(dataset, mountpoint, mountpoint) === undefined) nestedLive.push(mountpoint);
    }
    for (const source of nestedLive) {
      place({ kind: "bind", at: inTree(source), source, recursive: true, nested: true });
    }
    sources.push({ at: inTree(path), directory: path, mount });
  }
  live.unshift(...selection.live);
  for (const source of live) {
    const at = inTree(source);
    const mount = place({ kind: "bind", at, source, recursive: !oneFileSystem, nested: false });
    sources.push({ at, directory: source, mount });
  }
  const datasets = selection.datasets.filter(({ name }) => taken.has(name))
    .toSorted((a, b) => Number(b.mounted) - Number(a.mounted));
  for (const of of datasets) {
    const mount = place(mountOfDataset(of, places));
    sources.push({ at: mount.at, directory: undefined, mount });
  }
  return { mounts: inOrder([...places.values()]), sources, live, problems };
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

function liveWarning(path: string, dataset: string, failure: Problem | undefined): Problem {
  const why = failure === undefined
    ? `there is no snapshot of its dataset "${dataset}"`
    : failure.message.replace(/^Cannot/, "autoborg cannot");
  return warning(
    `The directory "${path}" is read live: ${why}`,
    failure?.hint ??
      "The log of this run has the output of the commands; zfs.snapshot_directories = false " +
        "reads it live without a warning",
  );
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
 * What is named to Borg: those that lie in others first. Borg enters no directory that it has read as a
 * source already, so that everything is archived once, also what it would not reach from above.
 */
export function pathsForBorg(places: readonly string[]): readonly string[] {
  return innermostFirst([...new Set(places)], (at) => at).map((at) => at === "" ? "." : at);
}

/** Where the archive has what lies at the live paths of a plan. */
export function archivedPlaces(
  { mounts, sources }: Pick<MountPlan, "mounts" | "sources">,
  placed: (mount: Mount) => string = ({ at }) => at,
): readonly ArchivedPlace[] {
  return [
    ...sources.flatMap(({ at, directory }) =>
      directory === undefined ? [] : [{ live: directory, at, name: directory }]
    ),
    ...mounts.flatMap((mount) => {
      const at = placed(mount);
      if (mount.kind === "bind") return [{ live: mount.source, at, name: mount.source }];
      const { name, mountpoint, mounted } = mount.of;
      return mountpoint === undefined || !mounted ? [] : [{ live: mountpoint, at, name }];
    }),
  ];
}
