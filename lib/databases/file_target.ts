/** Restores a dump to a file, which appears under its name when it is whole. @module */
import { dirname } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { flushDirectory, temporaryFor } from "../files/durable_file.ts";
import type { ArrivingDump, ExistingContent, RestoreTarget } from "./restore_target.ts";

/** What is done with the file before it gets its name. */
type BeforeRename = (temporary: string) => void | Promise<void>;

/** A file that a dump is written to; only its owner can read a new one. */
export class FileTarget implements RestoreTarget {
  readonly #path: string;

  /** @param path absolute */
  constructor(path: string) {
    this.#path = path;
  }

  get shown(): string {
    return JSON.stringify(this.#path);
  }

  existing(): Promise<ExistingContent | undefined> {
    return Promise.try(() => existingFile(this.#path));
  }

  requireUnused(): Promise<void> {
    return Promise.resolve();
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  async take(dump: ArrivingDump): Promise<readonly string[]> {
    await writeWhole(this.#path, dump.bytes);
    return [];
  }
}

/**
 * Looks whether a file is there that would be replaced.
 *
 * @throws {AppError} when something else is there, or no directory to put it into
 */
export function existingFile(path: string): { readonly bytes: number } | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (isFile) return { bytes: size };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return requireDirectory(path);
    throw new AppError(`Cannot restore to "${path}": ${reasonOf(error)}`, { cause: error });
  }
  throw new AppError(`Cannot restore to "${path}": it is not a file, expected the name of one`);
}

/**
 * Writes a file as a whole or not at all.
 *
 * @param beforeRename looks at it before it gets its name
 * @throws {AppError} when it can't be written
 * @throws whatever the bytes threw
 */
export async function writeWhole(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  beforeRename: BeforeRename = () => {},
): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    {
      using file = open(temporary, path);
      for await (const piece of bytes) await writeAll(file, piece, path);
      file.syncSync();
    }
    await beforeRename(temporary);
    Deno.renameSync(temporary, path);
    flushDirectory(dirname(path));
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was never made, or has its name by now.
    }
    throw error;
  }
}

function open(temporary: string, path: string): Deno.FsFile {
  try {
    return Deno.openSync(temporary, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    throw new AppError(`Cannot write "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

async function writeAll(file: Deno.FsFile, piece: Uint8Array, path: string): Promise<void> {
  try {
    for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
  } catch (error) {
    throw new AppError(`Cannot write "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

function requireDirectory(path: string): undefined {
  const directory = dirname(path);
  try {
    if (Deno.statSync(directory).isDirectory) return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new AppError(`Cannot restore to "${path}": ${reasonOf(error)}`, { cause: error });
    }
  }
  throw new AppError(`Cannot restore to "${path}": its directory does not exist`, {
    hint: `Create it first: mkdir -p ${JSON.stringify(directory)}`,
  });
}
