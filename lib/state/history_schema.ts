/**
 * The tables of the history, how they came to be, and what is done with a file that is damaged.
 *
 * The journal mode is SQLite's default, not WAL: whoever may read the file, but not write beside
 * it, can then still look at it.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { AppError, reasonOf } from "../errors.ts";

/**
 * What makes each version out of the one before it; the first one begins with an empty file. The
 * version is kept in SQLite's own `user_version`. An entry never changes once it is released.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    interrupted_by TEXT,
    problems TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_name ON runs (name, started_at);
  CREATE TABLE repositories (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (run, label)
  ) STRICT;
  CREATE TABLE steps (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    duration INTEGER,
    problems TEXT NOT NULL,
    archive TEXT,
    files INTEGER,
    original_size INTEGER,
    compressed_size INTEGER,
    new_size INTEGER,
    repository_size INTEGER,
    PRIMARY KEY (run, label, step)
  ) STRICT;`,
  `ALTER TABLE runs ADD COLUMN version TEXT;
  ALTER TABLE runs ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN sources_missing INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE steps ADD COLUMN added INTEGER;
  ALTER TABLE steps ADD COLUMN modified INTEGER;
  ALTER TABLE steps ADD COLUMN changed_while_read INTEGER;
  ALTER TABLE steps ADD COLUMN unreadable INTEGER;
  CREATE INDEX steps_by_label ON steps (label, step);`,
  `ALTER TABLE steps ADD COLUMN shrunk INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE runs ADD COLUMN ending TEXT NOT NULL DEFAULT 'reported';`,
];

/** The version of the tables that this program works with. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** How long others are waited for, in milliseconds. */
const PATIENCE = 5_000;

/**
 * What SQLite's own `application_id` says: that the file is a history of ours ("abog"). The first
 * three versions did not set it.
 */
const APPLICATION_ID = 0x61626f67;

/** The file is no sound history; the message ends the sentence "The history …". */
export class DamageError extends Error {}

/** The file can't be read as it is: it is of an older version, or a transaction was cut short. */
class NeedsWritingError extends Error {}

/**
 * Opens the database for writing. It is made when it is not there, and brought up to date when it
 * is of an older version.
 */
export function openForWriting(path: string): DatabaseSync {
  return opened(new DatabaseSync(path), (database) => {
    database.exec("PRAGMA foreign_keys = ON");
    migrate(database, path);
    const found = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (found !== "ok") throw new DamageError("was damaged");
  });
}

/**
 * Opens the database without changing anything in it.
 *
 * @throws {NeedsWritingError} when that is not possible, but {@linkcode openForWriting} may do it
 */
export function openForReading(path: string): DatabaseSync {
  return opened(new DatabaseSync(path, { readOnly: true }), (database) => {
    try {
      requireOurs(database);
      if (versionOf(database, path) < SCHEMA_VERSION) throw new NeedsWritingError();
    } catch (error) {
      // The journal of a transaction that a power cut ended waits to be rolled back.
      if (isReadOnly(error)) throw new NeedsWritingError();
      throw error;
    }
  });
}

/** Whether a file must be opened for writing before it can be read. */
export function needsWriting(error: unknown): boolean {
  return error instanceof NeedsWritingError;
}

/** Whether an error says that the file is damaged; node:sqlite gives no number for it. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true;
  return error instanceof Error && /malformed|not a database/.test(error.message);
}

/**
 * Moves a damaged file away, together with its journal, which SQLite would else play into the new
 * file. What was set aside before is left alone.
 */
export function setAside(path: string): string {
  let aside = `${path}.damaged`;
  for (let count = 2; exists(aside); count++) aside = `${path}.damaged-${count}`;
  Deno.renameSync(path, aside);
  for (const suffix of ["-journal", "-wal", "-shm"]) {
    if (exists(`${path}${suffix}`)) Deno.renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}

/** Turns whatever went wrong into an error for a person. */
export function cannotOpen(path: string, error: unknown, hint?: string): AppError {
  if (error instanceof AppError) return error;
  const reason = needsWriting(error)
    ? "it must be brought up to date first"
    : error instanceof DamageError
    ? `it ${error.message}`
    : reasonOf(error);
  return new AppError(`Cannot open the history "${path}": ${reason}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function opened(database: DatabaseSync, prepare: (database: DatabaseSync) => void): DatabaseSync {
  try {
    database.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite has rolled back by itself when the disk is full; that must not hide the first failure. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // There is no transaction any more.
  }
}

/** Whether a run is in the history. */
export function holdsRun(database: DatabaseSync, run: string): boolean {
  return database.prepare("SELECT 1 FROM runs WHERE id = ?").get(run) !== undefined;
}

/** Another program's database must not get our tables, nor pass for an empty history. */
function requireOurs(database: DatabaseSync): void {
  const id = pragma(database, "application_id");
  if (id === APPLICATION_ID) return;
  const tables = database.prepare(
    `SELECT count(*) AS count FROM sqlite_schema
     WHERE type = 'table' AND name IN ('runs', 'repositories', 'steps')`,
  ).get()?.count;
  const version = pragma(database, "user_version");
  if (id === 0 && tables === 3 && typeof version === "number" && version <= SCHEMA_VERSION) return;
  throw new DamageError("was replaced by another database");
}

function isNew(database: DatabaseSync): boolean {
  return pragma(database, "page_count") === 0;
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name];
}

function migrate(database: DatabaseSync, path: string): void {
  if (!isNew(database)) requireOurs(database);
  if (
    pragma(database, "application_id") === APPLICATION_ID &&
    versionOf(database, path) === SCHEMA_VERSION
  ) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Asked again under the lock: another process may have done it meanwhile.
    for (const statements of MIGRATIONS.slice(versionOf(database, path))) database.exec(statements);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function versionOf(database: DatabaseSync, path: string): number {
  const version = database.prepare("PRAGMA user_version").get()?.user_version;
  if (typeof version === "number" && version >= 0 && version <= SCHEMA_VERSION) return version;
  throw new AppError(
    `Cannot use the history "${path}": its version is ${version}, wanted at most ${SCHEMA_VERSION}`,
    {
      hint:
        "It was written by a newer autoborg: use that one. Without this file the runs and the " +
        "archive sizes of the past are not known",
    },
  );
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && /readonly database|unable to open/.test(error.message);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
