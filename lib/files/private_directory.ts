/**
 * Directories that root writes to: no other user may be able to make them lead elsewhere.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import {
  closingCommand,
  describeUnsafe,
  findUnsafePlace,
  type UnsafePlace,
} from "./path_safety.ts";
import { statusAt } from "./quick_looks.ts";

/** A directory, and what a person calls it. */
export interface PrivateDirectory {
  /** Absolute. */
  readonly path: string;
  /** The key of the configuration that names it. */
  readonly key: string;
  /** The permissions with which it, and what is missing above it, is made. */
  readonly mode: number;
  /** Whether it may be a symbolic link itself. */
  readonly link: "allowed" | "refused";
}

/** What a path must have to be looked at. */
type NamedDirectory = Pick<PrivateDirectory, "path" | "key" | "link">;

/**
 * Makes a directory if it is missing, and makes sure that no other user can reach into it. Each
 * missing directory is made and looked at before the next one, so that nobody can slip a link in
 * between.
 *
 * @throws {AppError} when others could replace it or write to it, or it can't be made
 */
export function makePrivateDirectory(directory: PrivateDirectory): void {
  const { path, mode } = directory;
  requirePrivateDirectory(directory);
  let here = "/";
  for (const part of path.split("/").filter((one) => one !== "")) {
    here = join(here, part);
    try {
      Deno.mkdirSync(here, { mode });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      // What is there need not be writable, and need not be in a file system that is.
      if (isDirectory(here)) continue;
      throw new AppError(`Cannot create the directory "${here}": ${reasonOf(error)}`, {
        hint: `Check ${directory.key} in the configuration`,
        cause: error,
      });
    }
    requirePrivateDirectory({ ...directory, path: here });
  }
  requirePrivateDirectory(directory);
}

/**
 * Makes sure that no other user can make a directory lead elsewhere, or put something into it. It
 * need not exist.
 *
 * @throws {AppError} when others could, or it is a link and must not be one
 */
export function requirePrivateDirectory({ path, key, link }: NamedDirectory): void {
  const cannot = (state: string, hint: string, cause?: unknown) =>
    new AppError(`Cannot use the directory "${path}": ${state}`, { hint, cause });
  try {
    const unsafe = findUnsafePlace(path, { missing: "will-be-made" });
    if (unsafe !== undefined) throw cannot(stateOfPlace(unsafe), hintFor(unsafe, key));
    if (link === "refused" && statusAt(path)?.isSymlink === true) {
      const state = `it is a symbolic link to "${Deno.readLinkSync(path)}", expected a directory`;
      throw cannot(state, `Set ${key} to the directory itself`);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw cannot(reasonOf(error), `Check ${key} in the configuration`, error);
  }
}

function stateOfPlace(unsafe: UnsafePlace): string {
  return `${describeUnsafe(unsafe)}, expected its whole path to be owned by root or by the ` +
    `user who runs autoborg, and writable by no other user`;
}

function hintFor(unsafe: UnsafePlace, key: string): string {
  const command = closingCommand(unsafe);
  const other = `set ${key} to a directory that only root can write to`;
  return command === undefined ? `S${other.slice(1)}` : `${command}, or ${other}`;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
