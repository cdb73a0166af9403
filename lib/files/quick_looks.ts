/** Looks at files that may not be there. @module */

/** The status of a file, without following a link; `undefined` when there is none. */
export function statusAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether something is there that can be seen. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether a directory is known to be empty: one that can't be read may contain something. */
export function isEmptyDirectory(path: string): boolean {
  try {
    return Deno.readDirSync(path)[Symbol.iterator]().next().done === true;
  } catch {
    return false;
  }
}

/** The text of a file, however long; empty when it can't be read. */
export function textOrNothing(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
