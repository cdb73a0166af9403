/**
 * Compares what is mounted below a source with what was mounted there at the last ordinary run. Pure.
 *
 * @module
 */
import { matcherOf } from "../borg/pattern_match.ts";
import type { MountsBelow } from "../staging/staging.ts";
import { ancestors, inTree, isBelow } from "../staging/tree_paths.ts";

/** What is mounted tonight, and what need not be. */
export interface MountsTonight {
  /** `undefined` when the mount table can't be read. */
  readonly mounts: MountsBelow | undefined;
  /** Whether a path is a source itself, wherever it is now. */
  readonly isSource: (path: string) => boolean;
  /** Whether what is at a live path below a source is excluded. */
  readonly isExcluded: (path: string, source: string) => boolean;
}

interface SourceMounts {
  /** Mount points of file systems that the archive holds. */
  readonly mounts: readonly string[];
  /** Those of the last ordinary run where nothing is mounted tonight; the outermost of them. */
  readonly unmounted: readonly string[];
}

/**
 * Compares the mounts below a source.
 *
 * @param before its mount points at the last ordinary run
 */
export function compareMounts(
  { mounts, isSource, isExcluded }: MountsTonight,
  source: string,
  before: readonly string[],
): SourceMounts {
  if (mounts === undefined) return { mounts: before, unmounted: [] };
  const lasting = mounts.lasting.filter((one) => one.source === source)
    .map(({ mountPoint }) => mountPoint)
    .filter((mountPoint) => !isExcluded(mountPoint, source));
  const gone = before.filter((mountPoint) => {
    return !mounts.targets.has(mountPoint) && !isSource(mountPoint) &&
      !isExcluded(mountPoint, source);
  });
  const unmounted = gone.filter((one) => {
    return !gone.some((other) => isBelow(inTree(one), inTree(other)));
  });
  return { mounts: lasting, unmounted };
}

/**
 * Makes a test for what the excludes keep out of the archive. A regular expression that only Borg
 * understands excludes nothing here.
 */
export function exclusionBelow(patterns: readonly string[]): MountsTonight["isExcluded"] {
  const matchers = patterns.flatMap((pattern) => matcherOf(pattern) ?? []);
  return (path, source) => {
    const at = inTree(path);
    const above = ancestors(at).filter((place) => isBelow(place, inTree(source)));
    // A pattern may exclude all that is in a directory, and not the directory.
    const places = [...above, at, `${at}/x`];
    return matchers.some((matches) => places.some((place) => matches(place)));
  };
}
