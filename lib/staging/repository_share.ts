/** Picks what one repository gets of the sources that are staged for all of them. Pure. @module */
import { namedSources } from "./mount/staged_sources.ts";
import type { StagedRoot, StagedSources } from "./staging.ts";
import { isBelow } from "./tree_paths.ts";

/** What one repository gets. */
export interface RepositoryShare {
  /** `undefined` when nothing is left. */
  readonly sources: StagedSources | undefined;
  /** No two of them in the same place. */
  readonly roots: readonly StagedRoot[];
  /** Places of other sources that Borg would find below these. */
  readonly leftOut: readonly string[];
}

/**
 * Picks the sources of a repository. The archive becomes what it would be if nothing else had been
 * staged: a directory is archived with all that is mounted below it, of a dataset the snapshot alone.
 *
 * @param isOwn whether the repository gets a source
 */
export function shareOf(
  isOwn: (root: StagedRoot) => boolean,
  { sources, roots }: {
    readonly sources: StagedSources | undefined;
    readonly roots: readonly StagedRoot[];
  },
): RepositoryShare {
  const all = roots.filter(isOwn);
  const own = all.filter(({ at }, index) => all.findIndex((other) => other.at === at) === index);
  if (sources === undefined || all.length === roots.length) {
    return { sources, roots: own, leftOut: [] };
  }
  const leftOut = [...new Set(roots.map(({ at }) => at))].filter((at) => {
    if (own.some((root) => root.at === at)) return false;
    const around = own.filter((root) => isBelow(at, root.at));
    return around.length > 0 && around.every(({ kind }) => kind === "dataset");
  });
  const named = namedSources(sources.root, own);
  const { repositories } = sources;
  return {
    sources: named === undefined ? undefined : {
      ...named,
      ...(repositories === undefined ? {} : { repositories }),
      ...(leftOut.length === 0 ? {} : { leftOut }),
    },
    roots: own,
    leftOut,
  };
}
