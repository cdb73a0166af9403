/** Says why `borg create` excludes something. @module */
import { join } from "node:path";
import { isThere } from "../files/quick_looks.ts";
import { matcherOf } from "./pattern_match.ts";

/** What Borg was told to exclude. */
interface Excludes {
  /** Borg patterns, in their order. */
  readonly exclude: readonly string[];
  /** More of them, which are for one repository alone. */
  readonly ownExclude: readonly string[];
  readonly excludeIfPresent: readonly string[];
  readonly excludeCaches: boolean;
  /** Repositories of the configuration, as Borg lists their paths. */
  readonly repositories: readonly string[];
  /** Sources that the repository does not get, as Borg lists their paths. */
  readonly leftOut: readonly string[];
}

/** Names the reason for a path that Borg excluded, relative to Borg's working directory. */
export type ExcludeReason = (path: string) => string;

/**
 * Prepares the question why something was excluded: each pattern is read once.
 *
 * @param root Borg's working directory
 */
export function excludeReasons(root: string, excludes: Excludes): ExcludeReason {
  const patterns = [
    ...excludes.exclude.map((pattern) => ({ key: "sources.exclude", pattern })),
    ...excludes.ownExclude.map((pattern) => ({ key: "repositories.exclude", pattern })),
  ].map((one) => ({ ...one, matches: matcherOf(one.pattern) }));
  const unclear = patterns.filter(({ matches }) => matches === undefined);
  return (path) => {
    // Borg takes the first pattern that matches.
    const found = patterns.find(({ matches }) => matches?.(path) === true);
    if (found !== undefined) return `${found.key}: "${found.pattern}"`;
    if (excludes.repositories.includes(path)) return "a repository of this configuration";
    if (excludes.leftOut.includes(path)) return "a source that this repository does not get";
    const holds = (name: string) => isThere(join(root, path, name));
    const marker = excludes.excludeIfPresent.find(holds);
    if (marker !== undefined) return `sources.exclude_if_present: "${marker}"`;
    if (excludes.excludeCaches && holds("CACHEDIR.TAG")) return "sources.exclude_caches";
    const [first] = unclear;
    if (first !== undefined) return `perhaps ${first.key}: "${first.pattern}"`;
    return "excluded by Borg itself: its cache, its repository or the attribute nodump";
  };
}
