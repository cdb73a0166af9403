/**
 * Opens the history for those who write and for those who only look, whatever state the file is in.
 *
 * A history is made under another name and then renamed, so that an empty file is never a new one.
 * A file beside it names the run that was recorded last: without it, the history is an older copy.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { localTime } from "../text/local_time.ts";
import type { DatabaseSync } from "node:sqlite";
import { AppError, reasonOf } from "../errors.ts";
import {
  flushDirectory,
  removeAbandoned,
  replaceDurably,
  temporaryFor,
} from "../files/durable_file.ts";
import { isThere, statusAt } from "../files/quick_looks.ts";
import { readSmallFileSync } from "../files/small_file.ts";
import { isRecord, parseJson } from "../text/json.ts";
import {
  DamageError,
  isDamage,
  NeedsWritingError,
  openForReading,
  openForWriting,
} from "./history_schema.ts";

const SET_ASIDE = "The next run moves it aside and starts a new one";

interface LastRun {
  readonly run: string;
  /** When it was recorded (ISO 8601, UTC). */
  readonly at: string;
}

/** Its name is unlike the history's, to survive a careless `rm`. */
function markPath(historyPath: string): string {
  return join(dirname(historyPath), "last-run.json");
}

/** Notes that a run is in the history. A mark that can't be written only protects less. */
export function writeMark(historyPath: string, run: string): void {
  const mark = JSON.stringify({ run, at: new Date().toISOString() });
  try {
    replaceDurably(markPath(historyPath), `${mark}\n`, 0o600);
  } catch {
    // The older mark names a run that is in the history as well.
  }
}

/** Reads which run was recorded last; `undefined` when nothing is known of any. */
export function readMark(historyPath: string): LastRun | undefined {
  try {
    const text = new TextDecoder().decode(readSmallFileSync(markPath(historyPath)));
    const value = parseJson(text);
    return isLastRun(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLastRun(value: unknown): value is LastRun {
  return isRecord(value) && typeof value.run === "string" && typeof value.at === "string";
}

/**
 * Opens the database for writing; a damaged file is moved aside for a new one.
 *
 * @param onDamage is called then; without it a damaged file stays and is an error
 * @throws {AppError} when it can't be opened
 */
export function openOrSetAside(
  path: string,
  onDamage: ((message: string) => void) | undefined,
): DatabaseSync {
  const last = readMark(path);
  try {
    const database = openOrCreate(path, last);
    if (last === undefined) return database;
    const found = database.prepare("SELECT 1 FROM runs WHERE id = ?").get(last.run);
    if (found !== undefined) return database;
    if (onDamage === undefined) {
      database.close();
      throw new DamageError(`lacks the run ${last.run}`);
    }
    const at = localTime(last.at);
    onDamage(
      `The history "${path}" lacks the run ${last.run}, recorded at ${at}: ` +
        "it was replaced by an older copy or by another history",
    );
    return database;
  } catch (error) {
    if (onDamage === undefined || !isDamage(error)) throw cannotOpen(path, error);
    return beginAnew(path, error, onDamage);
  }
}

function beginAnew(
  path: string,
  error: unknown,
  onDamage: (message: string) => void,
): DatabaseSync {
  try {
    if (error instanceof MissingError) {
      const fresh = create(path);
      onDamage(`The history "${path}" ${error.message}; a new one is started`);
      return fresh;
    }
    const was = error instanceof DamageError ? error.message : "was damaged";
    const aside = setAside(path);
    const fresh = create(path);
    onDamage(`The history "${path}" ${was}; it is moved aside to "${aside}", a new one is started`);
    return fresh;
  } catch (failure) {
    throw cannotOpen(path, failure);
  }
}

/** The file is not there, and it ought to be. */
class MissingError extends DamageError {
  constructor({ run, at }: LastRun) {
    super(`is missing; the run ${run} was recorded in it at ${localTime(at)}`);
  }
}

function openOrCreate(path: string, last: LastRun | undefined): DatabaseSync {
  if (isHistory(path)) return openForWriting(path);
  if (last !== undefined) throw new MissingError(last);
  return create(path);
}

/** Makes the file under another name: neither a kill nor a power failure leaves an empty one behind. */
function create(path: string): DatabaseSync {
  removeAbandoned(dirname(path), (name) => name === basename(path));
  const temporary = temporaryFor(path);
  try {
    openForWriting(temporary).close();
    giveName(temporary, path);
    flushDirectory(dirname(path));
  } catch (error) {
    // Nobody knows the temporary name; what node:sqlite appends to it is "undefined".
    const reason = reasonOf(error).replaceAll(temporary, path).replace(/; undefined$/, "");
    throw new Error(reason, { cause: error });
  } finally {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was renamed, or never made.
    }
  }
  return openForWriting(path);
}

/** Another process may have made one meanwhile and may be writing to it: that one stays. */
function giveName(temporary: string, path: string): void {
  try {
    Deno.linkSync(temporary, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    // A file system without hard links.
    Deno.renameSync(temporary, path);
  }
}

/**
 * Looks at the file before SQLite does, which would take an empty one for new and wait for ever for
 * a pipe.
 */
function isHistory(path: string): boolean {
  if (statusAt(path) === undefined) return false;
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new DamageError("was replaced by a symbolic link that points nowhere");
  }
  if (info.isDirectory) throw new DamageError("was replaced by a directory");
  if (!info.isFile) throw new DamageError("was replaced by something that is not a file");
  if (info.size === 0) throw new DamageError("was emptied");
  return true;
}

/** Opens the database for reading, if it exists; an {@linkcode AppError} says why it can't be. */
export function openReadable(path: string): DatabaseSync | undefined {
  try {
    if (!isHistory(path)) {
      const last = readMark(path);
      if (last === undefined) return undefined;
      throw new MissingError(last);
    }
    Deno.openSync(path).close();
  } catch (error) {
    if (error instanceof MissingError) {
      throw cannotOpen(path, error, "The next run starts a new one");
    }
    if (error instanceof DamageError) throw cannotOpen(path, error, SET_ASIDE);
    throw cannotOpen(path, error, "Run this as root, or let your group read paths.state_dir");
  }
  try {
    return openForReading(path);
  } catch (error) {
    if (isDamage(error)) throw cannotOpen(path, error, SET_ASIDE);
    if (!(error instanceof NeedsWritingError)) throw cannotOpen(path, error);
  }
  try {
    return openForWriting(path);
  } catch (error) {
    throw cannotOpen(path, error, "The next run does that; or run this once as root");
  }
}

/**
 * Moves a damaged file away, together with its journal, which SQLite would else play into the new
 * file. What was moved aside before is kept.
 */
function setAside(path: string): string {
  let aside = `${path}.damaged`;
  for (let count = 2; isThere(aside); count++) aside = `${path}.damaged-${count}`;
  Deno.renameSync(path, aside);
  for (const suffix of ["-journal", "-wal", "-shm"]) {
    if (isThere(`${path}${suffix}`)) Deno.renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}

/** The error of a history that can't be opened. */
export function cannotOpen(path: string, error: unknown, hint?: string): AppError {
  if (error instanceof AppError) return error;
  const reason = error instanceof DamageError ? `it ${error.message}` : reasonOf(error);
  return new AppError(`Cannot open the history "${path}": ${reason}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Where the history is below `paths.state_dir`. */
export function historyPath(stateDir: string): string {
  return `${stateDir}/history.db`;
}
