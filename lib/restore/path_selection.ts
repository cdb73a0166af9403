/**
 * Says which entries of an archive are meant by what a person asks for. Pure.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { matcherOf, type PathSelector } from "./path_selector.ts";

/** What is asked for, made quick to look up: there may be tens of thousands of paths. */
export class PathSelection {
  readonly #paths = new Map<string, PathSelector[]>();
  readonly #globs: {
    readonly selectors: PathSelector;
    readonly means: ReturnType<typeof matcherOf>;
  }[] = [];
  readonly #parents = new Set<string>();

  /** @param selectors what a person asks for */
  constructor(selectors: readonly PathSelector[]) {
    for (const one of selectors) {
      if (one.glob) this.#globs.push({ selectors: one, means: matcherOf(one) });
      else {
        const same = this.#paths.get(one.path);
        if (same === undefined) this.#paths.set(one.path, [one]);
        else same.push(one);
        for (const parent of parentsOf(one.path)) this.#parents.add(parent);
      }
    }
  }

  /** Whether there are globs in it: then nobody knows beforehand which parents there are. */
  get hasGlobs(): boolean {
    return this.#globs.length > 0;
  }

  /** The directories above the paths that are asked for by their names. */
  get parents(): ReadonlySet<string> {
    return this.#parents;
  }

  /**
   * Says what an entry is meant by: itself, or a directory above it.
   *
   * @returns what was asked for; empty when the entry is not meant
   */
  meaning(entry: Pick<Entry, "path">): readonly PathSelector[] {
    const found: PathSelector[] = [];
    // As Borg has it, which takes slashes away from the beginning of a path.
    const own = entry.path.replace(/^\/+/, "");
    const take = (path: string) => {
      const same = this.#paths.get(path);
      if (same !== undefined) found.push(...same);
    };
    take("");
    if (own !== "") take(own);
    for (const parent of parentsOf(own)) take(parent);
    for (const { selectors, means } of this.#globs) if (means({ path: own })) found.push(selectors);
    return found;
  }
}

/**
 * Names the directories above a path.
 *
 * @param path without a leading slash
 * @yields the nearest one first
 */
export function* parentsOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    yield path.slice(0, end);
  }
}
