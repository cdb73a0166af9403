/** Judges what of a machine is in no source, or is read while programs write to it. Pure. @module */
import type { MachinePlaces } from "../staging/machine_places.ts";
import { inTree } from "../staging/tree_paths.ts";
import type { Uncovered } from "../state/uncovered.ts";
import { globRegExp } from "../text/glob.ts";
import { isWithin } from "../text/path_parts.ts";
import { exclusionBelow } from "./source_mounts.ts";

/** What is backed up, as the configuration has it. */
export interface CoverageRequest {
  /** The directories, and the devices that they are on. */
  readonly directories: readonly { readonly path: string; readonly dev?: number }[];
  /** Whether a dataset is snapshotted, or excluded on purpose. */
  readonly isChosenDataset: (name: string) => boolean;
  /** Directories on ZFS are read from a snapshot. */
  readonly snapshotDirectories: boolean;
  readonly oneFileSystem: boolean;
  /** Borg patterns: what is excluded on purpose is not missing. */
  readonly exclude: readonly string[];
  /** Directories of databases that are dumped. */
  readonly dumped: readonly string[];
  /** Globs of paths and datasets that need no backup. */
  readonly ignore: readonly string[];
}

/** Finds what is missing from every source, and what is copied live although it must not be. */
export function findUncovered(
  { fileSystems, directories: places }: MachinePlaces,
  request: CoverageRequest,
): readonly Uncovered[] {
  const { directories, isChosenDataset, oneFileSystem, ignore } = request;
  const ignored = ignore.map((glob) => globRegExp(inTree(glob), true));
  const isIgnored = (name: string) => ignored.some((glob) => glob.test(inTree(name)));
  const isExcluded = exclusionBelow(request.exclude);
  const chosen = fileSystems.filter(({ kind, name }) =>
    kind === "dataset" && isChosenDataset(name)
  );
  /** The source that a path is in, or that is in it. */
  const sourceOf = (path: string, dev: number | undefined) =>
    directories.find((source) => {
      const isSameDevice = source.dev === undefined || dev === undefined || source.dev === dev;
      return isWithin(source.path, path) ||
        (isWithin(path, source.path) && (!oneFileSystem || isSameDevice));
    });
  const missing = fileSystems.flatMap((one): readonly Uncovered[] => {
    const { kind, name, target, dev, size } = one;
    const isCovered = chosen.includes(one) ||
      // A part of a file system is a choice.
      directories.some((source) => dev !== undefined && source.dev === dev) ||
      (target !== undefined && sourceOf(target, dev) !== undefined);
    const names = target === undefined ? [name] : [name, target];
    if (isCovered || names.some(isIgnored)) return [];
    return [{ kind, name, ...(size === undefined ? {} : { size }) }];
  });
  const unsaid = places.flatMap(({ kind, path, dev }): readonly Uncovered[] => {
    const home = fileSystems.find((one) => one.dev === dev);
    const isSnapshot = home?.kind === "dataset";
    if (
      isIgnored(path) || request.dumped.includes(path) ||
      (home !== undefined && chosen.includes(home))
    ) return [];
    const source = sourceOf(path, dev);
    // What is on a file system that is missing as a whole is said of that, but data is said again.
    const isSaid = kind === "home" && missing.some(({ name }) => name === home?.name);
    if (source === undefined) return isSaid ? [] : [{ kind, name: path }];
    if (isWithin(path, source.path) && isExcluded(path, source.path)) return [];
    const isLive = kind !== "home" && !(isSnapshot && request.snapshotDirectories);
    return isLive ? [{ kind, name: path, live: true }] : [];
  });
  return [...missing, ...unsaid];
}
