/** The paths and globs that a person asks for, as an archive has them. Pure. @module */
import type { Entry, Include } from "../borg/entries.ts";
import { UsageError } from "../errors.ts";
import { globRegExp, looksLikeGlob, pythonPattern } from "../text/glob.ts";

/** A path or a glob on the command line. */
export interface PathSelector {
  /** As it was written. */
  readonly text: string;
  /** As the archive has it, without a leading slash; empty: everything. */
  readonly path: string;
  /** Whether it is a glob; else every character stands for itself. */
  readonly glob: boolean;
}

/**
 * Parses a path or glob. A path without a leading slash is one of the archive, and only what begins
 * with a dot is relative to the working directory. Whether it is a glob is a guess by its characters.
 *
 * @throws {UsageError} when it is empty
 */
export function parsePathSelector(text: string, workingDirectory: string): PathSelector {
  if (text === "") throw new UsageError("Cannot use an empty path: expected a path or a glob");
  const fromHere = /^\.{1,2}(?:\/|$)/.test(text);
  const path = normalised(fromHere ? `${workingDirectory}/${text}` : text);
  return { text, path, glob: looksLikeGlob(path) };
}

/** What Borg includes for these selectors; empty when they select everything. */
export function includesOf(selectors: readonly PathSelector[]): Include[] {
  if (selectors.some(({ path }) => path === "")) return [];
  return selectors.map(({ path, glob }) =>
    glob ? { kind: "pattern", pattern: pythonPattern(path, true) } : { kind: "path", path }
  );
}

/** Makes a test whether a selector selects an entry, by itself or by a directory above it. */
export function matcherOf({ path, glob }: PathSelector): (entry: Pick<Entry, "path">) => boolean {
  if (path === "") return () => true;
  if (!glob) return (entry) => entry.path === path || entry.path.startsWith(`${path}/`);
  const expression = globRegExp(path, true);
  return (entry) => expression.test(entry.path);
}

/** Removes doubled slashes, dots and a slash at either end. */
function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** An index of selectors: there may be tens of thousands of paths. */
export class PathSelection {
  readonly #paths = new Map<string, PathSelector[]>();
  readonly #globs: [PathSelector, ReturnType<typeof matcherOf>][] = [];
  /** The directories above the selected paths; those above what globs select are not known yet. */
  readonly parents: ReadonlySet<string>;

  constructor(selectors: readonly PathSelector[]) {
    const parents = new Set<string>();
    for (const selector of selectors) {
      if (selector.glob) this.#globs.push([selector, matcherOf(selector)]);
      else {
        const same = this.#paths.get(selector.path);
        if (same === undefined) this.#paths.set(selector.path, [selector]);
        else same.push(selector);
        for (const parent of parentsOf(selector.path)) parents.add(parent);
      }
    }
    this.parents = parents;
  }

  get hasGlobs(): boolean {
    return this.#globs.length > 0;
  }

  /** The selectors that select an entry, by itself or by a directory above it. */
  selectorsOf(entry: Pick<Entry, "path">): readonly PathSelector[] {
    // Borg, too, takes slashes away from the beginning of a path.
    const path = entry.path.replace(/^\/+/, "");
    const found = [...(this.#paths.get("") ?? [])];
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      found.push(...(this.#paths.get(path.slice(0, end)) ?? []));
    }
    for (const [selector, matches] of this.#globs) if (matches({ path })) found.push(selector);
    return found;
  }
}

/** The directories above a path without a leading slash, the nearest one first. */
export function* parentsOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    yield path.slice(0, end);
  }
}
