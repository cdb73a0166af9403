/** Compares paths by their text. Pure. @module */

/** Whether an absolute path is another one or lies below it. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || outer === "/" || inner.startsWith(`${outer}/`);
}

/** The directory of a path in an archive; "" above the first one. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
