/** Writes a new configuration and its passphrase. @module */
import { basename, dirname, join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { flushDirectory, replaceNamedFile, temporaryFor } from "../files/durable_file.ts";
import { writeNewFiles } from "../files/new_files.ts";
import { makePrivateDirectory } from "../files/private_directory.ts";
import { commandLine } from "../text/printable.ts";
import type { Secret } from "../text/secret.ts";

/**
 * Makes sure that a configuration can be written, before a person is asked anything.
 *
 * @throws {AppError} when its directory can't be made or written to
 */
export function requireWritable(path: string): void {
  const directory = dirname(path);
  try {
    makePrivateDirectory({ path: directory, key: "--config", mode: 0o700, link: "allowed" });
  } catch (error) {
    if (!(error instanceof AppError && error.cause instanceof Deno.errors.NotCapable)) throw error;
    // Before 2.9 Deno lets nobody create a directory in which programs lie that it may start: hooks.
    throw new AppError(error.message, {
      hint: `Create it: ${commandLine(["sudo", "install", "-d", "-m", "0700", directory])}`,
      cause: error,
    });
  }
  const trial = temporaryFor(path);
  try {
    Deno.openSync(trial, { write: true, createNew: true, mode: 0o600 }).close();
    Deno.removeSync(trial);
  } catch (error) {
    throw new AppError(`Cannot write to "${directory}": ${reasonOf(error)}`, { cause: error });
  }
}

/** What is written. */
interface NewConfig {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** A passphrase to be written beside it; `undefined`: it has a file already. */
  readonly passphrase: { readonly file: string; readonly secret: Secret } | undefined;
}

/**
 * Writes the passphrase, then the configuration, so that each is on the disk, for its owner alone.
 * A configuration that is there is kept under another name: it may hold the only copy of a
 * passphrase.
 *
 * @returns the files that were written, and what the old configuration is called now
 */
export function writeConfig(
  { path, text, passphrase }: NewConfig,
  now: Date,
): { readonly written: readonly string[]; readonly kept: string | undefined } {
  const directory = dirname(path);
  if (passphrase !== undefined) {
    const { file, secret } = passphrase;
    writeNewFiles(directory, new Map([[file, `${secret.reveal()}\n`]]));
  }
  const kept = keepOld(path, now);
  replaceNamedFile(path, text, 0o600);
  const files = passphrase === undefined ? [] : [join(directory, passphrase.file)];
  return { written: [...files, path], kept };
}

/** The old file gets a second name: at no time is there none under the first one. */
function keepOld(path: string, now: Date): string | undefined {
  const kept = `${path}.${now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "")}`;
  try {
    Deno.linkSync(path, kept);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new AppError(`Cannot keep "${basename(path)}" as "${kept}": ${reasonOf(error)}`, {
      cause: error,
    });
  }
  flushDirectory(dirname(path));
  return kept;
}
