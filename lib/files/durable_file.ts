/**
 * Writes files that survive a full disk, a killed process and a power failure: readers see either the
 * old file or the whole new one.
 *
 * @module
 */
import { closeSync, fchmodSync, fstatSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";

/**
 * The name under which a file is written before it gets its own: `NAME.0123abcd.new`. Older
 * versions wrote `NAME.new`. SQLite puts a journal beside it.
 */
const TEMPORARY = /^(.+?)(?:\.[0-9a-f]{8})?\.new(?:-journal)?$/;

/** What is older than this, in milliseconds, is not being written any more. */
const ABANDONED = 3_600_000;

/**
 * Replaces a file. When it returns, the new file and its name are on the disk.
 *
 * Renaming alone is not enough: until the directory is flushed, a power failure may bring the old name
 * back (see "man 2 fsync").
 *
 * @param path the file; a symbolic link is replaced, not followed
 * @param mode its permission bits, whatever the umask says
 * @throws {Error} Deno's own, when it can't be written; the old file is then still there
 */
export function replaceDurably(path: string, content: string | Uint8Array, mode: number): void {
  // In the same directory, as renaming is atomic only there.
  const temporary = temporaryFor(path);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    {
      using file = Deno.openSync(temporary, { write: true, createNew: true, mode });
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      setOpenMode(file, temporary, mode);
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
  flushDirectory(dirname(path));
  removeAbandoned(dirname(path), (name) => name === basename(path));
}

/**
 * Replaces a file as {@linkcode replaceDurably} does.
 *
 * @throws {AppError} that names the file
 */
export function replaceNamedFile(path: string, text: string, mode: number): void {
  try {
    replaceDurably(path, text, mode);
  } catch (error) {
    throw new AppError(`Cannot write "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Removes a file. When it returns, the file is gone from the disk as well.
 *
 * @returns whether there was one
 * @throws {Error} Deno's own, when it can't be removed
 */
export function removeDurably(path: string): boolean {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  flushDirectory(dirname(path));
  return true;
}

/**
 * Renames a file within its directory. When it returns, the new name is on the disk.
 *
 * @throws {Error} Deno's own, when it can't be renamed
 */
export function renameDurably(from: string, to: string): void {
  Deno.renameSync(from, to);
  flushDirectory(dirname(to));
}

/** Makes a name for the file that is written before it is renamed. */
export function temporaryFor(path: string): string {
  return `${path}.${crypto.randomUUID().slice(0, 8)}.new`;
}

/**
 * Flushes a directory, so that the names in it survive a power failure.
 *
 * @throws {Error} Deno's own, when that fails
 */
export function flushDirectory(path: string): void {
  using directory = Deno.openSync(path, { read: true });
  try {
    directory.syncSync();
  } catch (error) {
    // Some file systems, FUSE among them, can flush no directory: then there is no more to do.
    if (!isUnsupported(error)) throw error;
  }
}

/**
 * Sets the permissions of a file that was just made, whatever the umask took away from them. Where
 * another user may write to the directory, a link could be put in the file's place meanwhile, and
 * `chmod` would follow it to any file of the system: so only the file that is open is changed.
 *
 * @throws {Error} when the path leads to another file by now, or the permissions can't be set
 */
export function setOpenMode(file: Deno.FsFile, path: string, mode: number): void {
  const made = file.statSync();
  if (((made.mode ?? 0) & 0o7777) === mode) return;
  const descriptor = openSync(path, "r");
  try {
    const found = fstatSync(descriptor);
    if (found.dev !== made.dev || found.ino !== made.ino) {
      throw new Error(`"${path}" was replaced while it was written`);
    }
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes what processes left behind that were killed while they wrote. */
export function removeAbandoned(directory: string, isOurs: (name: string) => boolean): void {
  try {
    for (const { name, isFile } of Deno.readDirSync(directory)) {
      const original = isFile ? TEMPORARY.exec(name)?.[1] : undefined;
      if (original === undefined || !isOurs(original)) continue;
      const path = join(directory, name);
      // Another process may be writing it at this moment. A clock that was set does no harm.
      const changed = Deno.lstatSync(path).mtime?.getTime() ?? 0;
      if (Math.abs(Date.now() - changed) > ABANDONED) removeIfThere(path);
    }
  } catch {
    // They only take up space; the next one who writes tries again.
  }
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EINVAL" || error.code === "ENOTSUP");
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never made, or goes with the directory.
  }
}
