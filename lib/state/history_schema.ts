/**
 * The tables of the history, and how SQLite opens a file with them.
 *
 * The journal mode is SQLite's default, not WAL: a user who may read the file, but not write beside
 * it, can then still look at it.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../errors.ts";
import { CHECK_SCHEMA } from "./check_schema.ts";
import { DUMP_SCHEMA } from "./dump_schema.ts";
import { KEY_SCHEMA } from "./key_ledger.ts";
import { LEDGER_SCHEMA } from "./ledger.ts";
import { PIN_SCHEMA } from "./pin_schema.ts";
import { VERIFICATIONS_SCHEMA } from "./verifications.ts";

/** The version of the tables, kept in SQLite's own `user_version`. */
const SCHEMA_VERSION = 9;

/** What SQLite's own `application_id` says: that the file is a history of ours ("abog"). */
const APPLICATION_ID = 0x61626f67;

const SCHEMA = `
  CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    interrupted_by TEXT,
    problems TEXT NOT NULL,
    version TEXT,
    refused INTEGER NOT NULL,
    sources_missing INTEGER NOT NULL,
    absent_sources TEXT NOT NULL,
    uncovered TEXT,
    pause TEXT,
    ending TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_name ON runs (name, started_at);
  CREATE TABLE repositories (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    incomplete INTEGER NOT NULL,
    absent_sources TEXT NOT NULL,
    space TEXT,
    PRIMARY KEY (run, label)
  ) STRICT;
  CREATE TABLE steps (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    duration INTEGER,
    attempts INTEGER,
    retry_reason TEXT,
    problems TEXT NOT NULL,
    archive TEXT,
    files INTEGER,
    original_size INTEGER,
    compressed_size INTEGER,
    new_size INTEGER,
    repository_size INTEGER,
    added INTEGER,
    modified INTEGER,
    changed_while_read INTEGER,
    unreadable INTEGER,
    checked TEXT,
    dumps TEXT,
    suspicious INTEGER NOT NULL,
    PRIMARY KEY (run, label, step)
  ) STRICT;
  CREATE INDEX steps_by_label ON steps (label, step);
  ${LEDGER_SCHEMA}
  ${CHECK_SCHEMA}
  ${VERIFICATIONS_SCHEMA}
  ${KEY_SCHEMA}
  ${PIN_SCHEMA}
  ${DUMP_SCHEMA}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};`;

/** How long a lock of another process is waited for, in milliseconds. */
const BUSY_TIMEOUT = 5_000;

/** The file is no sound history; the message ends the sentence "The history …". */
export class DamageError extends Error {}

/** The file can't be read as it is: a transaction in it was cut short. */
export class NeedsWritingError extends Error {}

/**
 * Opens the database, such as ":memory:", for writing, makes the tables in a new one and checks it
 * for damage.
 */
export function openForWriting(path: string): DatabaseSync {
  return opened(new DatabaseSync(path), (database) => {
    database.exec("PRAGMA foreign_keys = ON");
    if (pragma(database, "page_count") === 0) createTables(database);
    requireOurs(database, path);
    if (pragma(database, "quick_check(1)", "quick_check") !== "ok") {
      throw new DamageError("was damaged");
    }
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
      requireOurs(database, path);
    } catch (error) {
      // The journal of a transaction that a power failure ended waits to be rolled back.
      if (isReadOnly(error)) throw new NeedsWritingError();
      throw error;
    }
  });
}

/** Whether an error says that the file is damaged; node:sqlite gives no number for it. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true;
  return error instanceof Error && /malformed|not a database/.test(error.message);
}

/** Makes a change as a whole or not at all. */
export function inTransaction<T>(database: DatabaseSync, change: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = change();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite itself has rolled back when the disk is full or fails, and then says so.
    try {
      database.exec("ROLLBACK");
    } catch {
      // The error that led here is the one to tell.
    }
    throw error;
  }
}

function opened(database: DatabaseSync, prepare: (database: DatabaseSync) => void): DatabaseSync {
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function createTables(database: DatabaseSync): void {
  inTransaction(database, () => {
    // Asked under the lock: another process may have made them meanwhile.
    if (pragma(database, "application_id") === 0) database.exec(SCHEMA);
  });
}

/** Another program's database must not pass for a history, nor a newer one be written to. */
function requireOurs(database: DatabaseSync, path: string): void {
  if (pragma(database, "application_id") !== APPLICATION_ID) {
    throw new DamageError("was replaced by another database");
  }
  const version = pragma(database, "user_version");
  if (version === SCHEMA_VERSION) return;
  throw new AppError(
    `Cannot use the history "${path}": its version is ${version}, expected ${SCHEMA_VERSION}`,
    {
      hint: "It was written by another version of autoborg: use that one. Without this file " +
        "nothing is known of past runs, and the archives in each repository must be accepted once",
    },
  );
}

function pragma(database: DatabaseSync, name: string, column = name): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[column];
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && /readonly database|unable to open/.test(error.message);
}
