/**
 * Opens the history for those who write and for those who only look, whatever state the file is in.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  cannotOpen,
  isDamage,
  needsWriting,
  openForReading,
  openForWriting,
  setAside,
} from "./history_schema.ts";

/**
 * Opens the database for writing; a damaged file makes room for a new one.
 *
 * @param path the file
 * @param onDamage is told of it; without it a damaged file stays and is an error
 * @throws {AppError} when it can't be opened
 */
export function openOrSetAside(
  path: string,
  onDamage: ((message: string) => void) | undefined,
): DatabaseSync {
  try {
    return openForWriting(path);
  } catch (error) {
    if (onDamage === undefined || !isDamage(error)) throw cannotOpen(path, error);
  }
  try {
    const aside = setAside(path);
    const fresh = openForWriting(path);
    onDamage(`The history "${path}" was damaged; it is set aside as "${aside}", a new one begins`);
    return fresh;
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/**
 * Opens the database for reading; it need not be writable.
 *
 * @param path the file
 * @returns the database, or `undefined` when there is none yet
 * @throws {AppError} when it can't be read
 */
export function openReadable(path: string): DatabaseSync | undefined {
  try {
    Deno.openSync(path).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw cannotOpen(path, error, "Run this as root, or let your group read paths.state_dir");
  }
  try {
    return openForReading(path);
  } catch (error) {
    if (isDamage(error)) {
      throw cannotOpen(path, error, "The next run sets it aside and begins a new one");
    }
    if (!needsWriting(error)) throw cannotOpen(path, error);
  }
  try {
    return openForWriting(path);
  } catch (error) {
    throw cannotOpen(path, error, "The next run does that; or run this once as root");
  }
}
