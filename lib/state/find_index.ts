/**
 * What `find` has read of archives before: the paths in them, in the pieces in which Borg stores them,
 * so that what many archives have in common is there once. It is a cache. Whoever deletes it only
 * makes the next search read the archives again; a power failure may damage it, and then it is begun
 * anew. Longer than other files, because what is kept, swept and checked must agree.
 *
 * An archive is known by Borg's id of its repository and of itself, never by a name.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A piece of an archive's list of files. */
export interface Piece {
  /** What its content follows from, in hexadecimal digits. */
  readonly key: string;
  /** The beginning of an item that ends in the next piece. */
  readonly rest: Uint8Array;
  /** The entries, compressed. */
  readonly paths: Uint8Array;
  readonly facts: Uint8Array;
}

/** An archive, by what Borg knows it by. */
export interface IndexedArchive {
  /** Borg's id of the repository. */
  readonly repository: string;
  /** Borg's id of the archive. */
  readonly archive: string;
  /** When it was begun, in milliseconds since 1970: the oldest make room for newer ones. */
  readonly startedAt: number;
}

/** The index can't be read, or is not what was written. */
export class IndexDamageError extends Error {}

/** The largest file, in bytes. */
const MOST_BYTES = 100_000_000;

const PAGE_SIZE = 4_096;
/** What SQLite's own `application_id` says ("find"), and the version of the tables. */
const APPLICATION_ID = 0x66696e64;
const VERSION = 1;
/** How long a lock of another process is waited for, in milliseconds. */
const BUSY_TIMEOUT = 5_000;

const SCHEMA = `
  CREATE TABLE pieces (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    rest BLOB NOT NULL,
    paths BLOB NOT NULL,
    facts BLOB NOT NULL,
    seal TEXT NOT NULL
  ) STRICT;
  CREATE TABLE archives (
    id INTEGER PRIMARY KEY,
    repository TEXT NOT NULL,
    archive TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    UNIQUE (repository, archive)
  ) STRICT;
  CREATE TABLE parts (
    archive INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    piece INTEGER NOT NULL,
    PRIMARY KEY (archive, piece)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parts_by_piece ON parts (piece);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};`;

/** An open index; disposing of it closes the file. */
export class FindIndex implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens the index, making it when it is missing; a file that is none is replaced.
   *
   * @param path the file; without it the index lasts as long as the process
   * @param most the largest size, in bytes
   * @throws {Error} when the file can't be opened for writing
   */
  constructor(path?: string, most = MOST_BYTES) {
    if (path === undefined) this.#database = opened(":memory:", most);
    else {
      try {
        this.#database = opened(path, most);
      } catch (error) {
        if (!isDamage(error)) throw error;
        removeIndex(path);
        this.#database = opened(path, most);
      }
    }
  }

  /** The pieces of an archive; `undefined` when it was not read before. */
  piecesOf({ repository, archive }: IndexedArchive): readonly number[] | undefined {
    return this.#guarded(() => {
      const id = this.#get(
        "SELECT id FROM archives WHERE repository = ? AND archive = ?",
        repository,
        archive,
      )?.id;
      if (typeof id !== "number") return undefined;
      return this.#prepare("SELECT piece FROM parts WHERE archive = ?").all(id)
        .flatMap(({ piece }) => typeof piece === "number" ? [piece] : []);
    });
  }

  /** Looks up a piece that another archive has, too. */
  find(key: string): { readonly id: number; readonly rest: Uint8Array } | undefined {
    return this.#guarded(() => {
      const row = this.#get("SELECT id, rest FROM pieces WHERE key = ?", key);
      if (typeof row?.id !== "number" || !(row.rest instanceof Uint8Array)) return undefined;
      return { id: row.id, rest: row.rest };
    });
  }

  /**
   * Reads a piece; `undefined` when another process has removed it meanwhile.
   *
   * @throws {IndexDamageError} when it is not what was written
   */
  read(id: number): Piece | undefined {
    return this.#guarded(() => {
      const row = this.#get("SELECT * FROM pieces WHERE id = ?", id);
      if (row === undefined) return undefined;
      const { key, rest, paths, facts, seal } = row;
      const isWhole = typeof key === "string" && rest instanceof Uint8Array &&
        paths instanceof Uint8Array && facts instanceof Uint8Array;
      if (!isWhole || sealOf({ key, rest, paths, facts }) !== seal) {
        throw new IndexDamageError(`the piece ${id} was changed`);
      }
      return { key, rest, paths, facts };
    });
  }

  /**
   * Says that a piece can't be read though it is what was written.
   *
   * @throws {IndexDamageError} always
   */
  reject(id: number): never {
    throw new IndexDamageError(`the piece ${id} can't be read`);
  }

  /**
   * Keeps an archive: pieces that are known by their number, and new ones. Where there is no room,
   * older archives go; what does not fit even then is not kept.
   *
   * @returns whether it was kept
   */
  keep(archive: IndexedArchive, pieces: readonly (number | Piece)[]): boolean {
    return this.#guarded(() => {
      for (;;) {
        try {
          return this.#transaction(() => this.#insert(archive, pieces));
        } catch (error) {
          if (!isFull(error)) throw error;
        }
        if (!this.#transaction(() => this.#removeOldest(archive.startedAt))) return false;
      }
    });
  }

  /** Removes the archives of a repository that are not among these. */
  keepOnly(repository: string, archives: ReadonlySet<string>): void {
    this.#guarded(() => {
      const known = this.#prepare("SELECT id, archive FROM archives WHERE repository = ?")
        .all(repository);
      const gone = known.filter(({ archive }) => !archives.has(String(archive)));
      if (gone.length === 0) return;
      this.#transaction(() => {
        for (const { id } of gone) this.#run("DELETE FROM archives WHERE id = ?", Number(id));
        this.#sweep();
      });
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #insert(
    { repository, archive, startedAt }: IndexedArchive,
    pieces: readonly (number | Piece)[],
  ): boolean {
    this.#run("DELETE FROM archives WHERE repository = ? AND archive = ?", repository, archive);
    this.#run("INSERT INTO archives VALUES (NULL, ?, ?, ?)", repository, archive, startedAt);
    const id = Number(this.#get("SELECT last_insert_rowid() AS id")?.id);
    for (const piece of pieces) {
      const number = typeof piece === "number" ? piece : this.#add(piece);
      const isThere = this.#get("SELECT 1 AS found FROM pieces WHERE id = ?", number);
      // Another process has removed it since, with the last archive that had it.
      if (isThere === undefined) throw new GoneError();
      this.#run("INSERT OR IGNORE INTO parts VALUES (?, ?)", id, number);
    }
    return true;
  }

  #add(piece: Piece): number {
    const { key, rest, paths, facts } = piece;
    this.#prepare("INSERT OR IGNORE INTO pieces VALUES (NULL, ?, ?, ?, ?, ?)")
      .run(key, rest, paths, facts, sealOf(piece));
    return Number(this.#get("SELECT id FROM pieces WHERE key = ?", key)?.id);
  }

  /** Returns whether there was one that is older. */
  #removeOldest(than: number): boolean {
    const oldest = this.#get("SELECT id, started_at FROM archives ORDER BY started_at LIMIT 1");
    if (oldest === undefined || Number(oldest.started_at) >= than) return false;
    this.#run("DELETE FROM archives WHERE id = ?", Number(oldest.id));
    this.#sweep();
    return true;
  }

  /** Removes the pieces that no archive has any more. */
  #sweep(): void {
    this.#run("DELETE FROM pieces WHERE id NOT IN (SELECT piece FROM parts)");
  }

  #transaction(change: () => boolean | void): boolean {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = change();
      this.#database.exec("COMMIT");
      return result ?? true;
    } catch (error) {
      try {
        this.#database.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself.
      }
      if (error instanceof GoneError) return false;
      throw error;
    }
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) throw new IndexDamageError(String(error), { cause: error });
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #get(sql: string, ...values: readonly (string | number)[]) {
    return this.#prepare(sql).get(...values);
  }

  #run(sql: string, ...values: readonly (string | number)[]): void {
    this.#prepare(sql).run(...values);
  }
}

class GoneError extends Error {}

/** Removes the index with its journal, if it is there. */
export function removeIndex(path: string): void {
  for (const suffix of ["", "-journal"]) {
    try {
      Deno.removeSync(path + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** The file below `paths.state_dir`. */
export function findIndexPath(stateDir: string): string {
  return `${stateDir}/find-index.db`;
}

function opened(path: string, most: number): DatabaseSync {
  // SQLite would make it readable for everybody, and there are names of files in it.
  if (path !== ":memory:") {
    Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 }).close();
  }
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    // What a power failure damages is found by its seal, or by SQLite.
    database.exec("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON");
    database.exec(`PRAGMA max_page_count = ${Math.floor(most / PAGE_SIZE)}`);
    database.exec("BEGIN IMMEDIATE");
    const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
    if (pragma("page_count") === 0 || pragma("schema_version") === 0) database.exec(SCHEMA);
    const isOurs = pragma("application_id") === APPLICATION_ID &&
      pragma("user_version") === VERSION;
    database.exec("COMMIT");
    if (!isOurs) throw new IndexDamageError("it is another database");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function sealOf({ key, rest, paths, facts }: Piece): string {
  const hash = createHash("sha256").update(key);
  for (const part of [rest, paths, facts]) hash.update(`${part.length} `).update(part);
  return hash.digest("hex").slice(0, 16);
}

function isDamage(error: unknown): boolean {
  return error instanceof IndexDamageError ||
    (error instanceof Error &&
      /malformed|not a database|no such (?:table|column)/.test(error.message));
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /is full/.test(error.message);
}
