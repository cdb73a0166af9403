/**
 * The history of runs: what `check.every` and everything that looks back relies on. One SQLite file
 * in the state directory, read while a run writes.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { AppError, reasonOf } from "../errors.ts";

/** The version of the tables, kept in SQLite's own `user_version`. */
const SCHEMA_VERSION = 1;

const TABLES = `
  CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    verdict TEXT NOT NULL,
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
  ) STRICT;
`;

/** A run as it is written down. Times are milliseconds since 1970. */
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly hostname: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** `ok`, `warning` or `failed`. */
  readonly verdict: string;
  readonly interruptedBy: string | null;
  /** Problems of the run itself, as JSON. */
  readonly problems: string;
}

/** What became of a repository in a run. */
export interface RepositoryRow {
  readonly label: string;
  /** `ok`, `warning`, `failed` or `absent`. */
  readonly state: string;
  readonly reason: string | null;
}

/** What became of a step in a repository. Sizes are in bytes. */
export interface StepRow {
  readonly label: string;
  readonly step: string;
  /** `ok`, `warning`, `failed` or `skipped`. */
  readonly state: string;
  readonly reason: string | null;
  /** Milliseconds. */
  readonly duration: number | null;
  /** As JSON. */
  readonly problems: string;
  readonly archive: string | null;
  readonly files: number | null;
  readonly originalSize: number | null;
  readonly compressedSize: number | null;
  readonly newSize: number | null;
  readonly repositorySize: number | null;
}

/** An open history; disposing of it closes the file. */
export class History implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Opens the history, making it when it is not there.
   *
   * @param path the file, such as `/var/lib/autoborg/history.db`
   * @param onDamage is told when a damaged file was set aside and a new one begun
   * @returns the history
   * @throws {AppError} when it can't be opened
   */
  static open(path: string, onDamage: (message: string) => void): History {
    try {
      return new History(openDatabase(path));
    } catch (error) {
      if (!isDamage(error)) throw cannotOpen(path, error);
      const aside = `${path}.damaged`;
      Deno.renameSync(path, aside);
      onDamage(
        `The history "${path}" was damaged; it is set aside as "${aside}", a new one begins`,
      );
      return new History(openDatabase(path));
    }
  }

  /**
   * Writes a run down, all of it or nothing.
   *
   * @param run the run
   * @param repositories what became of its repositories
   * @param steps what became of their steps
   */
  record(run: RunRow, repositories: readonly RepositoryRow[], steps: readonly StepRow[]): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      this.#insert("runs", [
        run.id,
        run.name,
        run.hostname,
        run.startedAt,
        run.finishedAt,
        run.verdict,
        run.interruptedBy,
        run.problems,
      ]);
      for (const { label, state, reason } of repositories) {
        this.#insert("repositories", [run.id, label, state, reason]);
      }
      for (const step of steps) this.#insert("steps", [run.id, ...stepValues(step)]);
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /**
   * When a step last ended well in a repository.
   *
   * @param name the series
   * @param label the repository
   * @param step the step
   * @returns the start of that run, or `undefined` when there was none
   */
  lastSuccess(name: string, label: string, step: string): Date | undefined {
    const row = this.#database.prepare(
      `SELECT max(runs.started_at) AS at FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND steps.label = ? AND steps.step = ?
         AND steps.state IN ('ok', 'warning')`,
    ).get(name, label, step);
    const at = row?.at;
    return typeof at === "number" ? new Date(at) : undefined;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  #insert(table: "runs" | "repositories" | "steps", values: readonly Value[]): void {
    const places = values.map(() => "?").join(", ");
    this.#database.prepare(`INSERT INTO ${table} VALUES (${places})`).run(...values);
  }
}

type Value = string | number | null;

/** In the order of the table's columns. */
function stepValues(step: StepRow): readonly Value[] {
  return [
    step.label,
    step.step,
    step.state,
    step.reason,
    step.duration,
    step.problems,
    step.archive,
    step.files,
    step.originalSize,
    step.compressedSize,
    step.newSize,
    step.repositorySize,
  ];
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON");
    const version = database.prepare("PRAGMA user_version").get()?.user_version;
    if (version === 0) {
      database.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    } else if (version !== SCHEMA_VERSION) {
      throw new AppError(
        `Cannot use the history "${path}": its version is ${version}, wanted ${SCHEMA_VERSION}`,
        { hint: "It was written by another version of autoborg; move it away to begin a new one" },
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, by their text: node:sqlite gives the number only sometimes. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && /malformed|not a database/.test(error.message);
}

function cannotOpen(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(`Cannot open the history "${path}": ${reasonOf(error)}`, { cause: error });
}
