/**
 * The paths that a person asks for, as an archive has them. Pure.
 *
 * @module
 */
import type { Entry, Include } from "../borg/entries.ts";
import { UsageError } from "../errors.ts";
import { globRegExp, looksLikeGlob, pythonPattern } from "./glob.ts";

/** A path or a glob that was asked for. */
export interface PathSelector {
  /** As it was written. */
  readonly text: string;
  /** As the archive has it, without a leading slash; empty: everything. */
  readonly path: string;
  /** Whether it is a glob; else every character stands for itself. */
  readonly glob: boolean;
}

/**
 * Reads what was asked for. A path without a leading slash is one of the archive, and only what
 * begins with a dot is relative to the working directory.
 *
 * @param workingDirectory an absolute path
 * @throws {UsageError} when it is empty
 */
export function parsePathSelector(text: string, workingDirectory: string): PathSelector {
  if (text === "") throw new UsageError("Cannot use an empty path: expected a path or a glob");
  const fromHere = /^\.{1,2}(?:\/|$)/.test(text);
  const path = normalised(fromHere ? `${workingDirectory}/${text}` : text);
  return { text, path, glob: looksLikeGlob(path) };
}

/** What Borg is asked for. */
export function includesOf(selectors: readonly PathSelector[]): Include[] {
  if (selectors.some(({ path }) => path === "")) return [];
  return selectors.map(({ path, glob }) =>
    glob ? { kind: "pattern", pattern: pythonPattern(path, true) } : { kind: "path", path }
  );
}

/** Makes a test of what was asked for. */
export function matcherOf({ path, glob }: PathSelector): (entry: Pick<Entry, "path">) => boolean {
  if (path === "") return () => true;
  if (!glob) return (entry) => entry.path === path || entry.path.startsWith(`${path}/`);
  const expression = globRegExp(path, true);
  return (entry) => expression.test(entry.path);
}

/** Without doubled slashes, dots and a slash at either end. */
function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
