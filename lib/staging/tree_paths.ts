/**
 * Places in the mount tree, relative to it: `srv/data`; the root directory is the empty string.
 *
 * @module
 */

/** A live path's place in the tree. */
export function inTree(path: string): string {
  return path.replace(/^\/+/, "");
}

/** A place as an absolute path. */
export function pathIn(tree: string, at: string): string {
  return at === "" ? tree : `${tree}/${at}`;
}

/** Whether a place lies below another one. */
export function isBelow(inner: string, outer: string): boolean {
  return outer === "" ? inner !== "" : inner.startsWith(`${outer}/`);
}

/**
 * The places above a place, the outermost first.
 *
 * @returns such as `""`, `srv` for `srv/data`
 */
export function ancestors(at: string): readonly string[] {
  if (at === "") return [];
  const parts = at.split("/");
  return parts.map((_, index) => parts.slice(0, index).join("/"));
}

/** Puts each place before those that it lies in, and otherwise leaves the order as it is. */
export function innermostFirst<T>(all: readonly T[], placeOf: (one: T) => string): readonly T[] {
  const ordered: T[] = [];
  for (const one of all) {
    const outer = ordered.findIndex((other) => isBelow(placeOf(one), placeOf(other)));
    ordered.splice(outer === -1 ? ordered.length : outer, 0, one);
  }
  return ordered;
}
