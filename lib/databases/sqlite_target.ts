/** Restores a database of SQLite to its file. @module */
import { DatabaseSync } from "node:sqlite";
import { AppError, reasonOf } from "../errors.ts";
import { existingFile, writeWhole } from "./file_target.ts";
import type { ArrivingDump, ExistingContent, RestoreTarget } from "./restore_target.ts";

/** What SQLite keeps beside a database: of the old one, it would be taken for the new one's. */
const BESIDE = ["-wal", "-shm", "-journal"] as const;

/** A file with a database of SQLite. */
export class SqliteTarget implements RestoreTarget {
  readonly #path: string;

  /** @param path absolute */
  constructor(path: string) {
    this.#path = path;
  }

  get shown(): string {
    return JSON.stringify(this.#path);
  }

  existing(): Promise<ExistingContent | undefined> {
    return Promise.try(() => {
      const file = existingFile(this.#path);
      if (file === undefined) this.#requireAlone();
      return file === undefined ? undefined : { ...file, ...this.#content() };
    });
  }

  requireUnused(): Promise<void> {
    return Promise.try(() => this.#requireUnused());
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  async take(dump: ArrivingDump): Promise<readonly string[]> {
    await writeWhole(this.#path, dump.bytes, (temporary) => {
      requireSound(temporary, this.#path);
      this.#keepOwner(temporary);
      this.#requireUnused();
      for (const end of BESIDE) removeIfThere(this.#path + end);
    });
    return [];
  }

  /** What is in the file; nothing is said of one that is no database, or damaged. */
  #content(): ExistingContent {
    try {
      using database = openReadOnly(this.#path);
      const names = database.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      ).all().map(({ name }) => String(name));
      const rows = names.reduce((sum, name) => sum + highestRow(database, name), 0);
      return { tables: names.length, rows };
    } catch {
      return {};
    }
  }

  /** A file whose database is gone may have left what belongs to it. */
  #requireAlone(): void {
    for (const end of BESIDE) {
      const path = this.#path + end;
      if (!isThere(path)) continue;
      throw new AppError(
        `Cannot restore to "${this.#path}": "${path}" exists, and SQLite would take it for part of ` +
          "the restored database",
        { hint: `Move it away first: mv ${JSON.stringify(path)} ${JSON.stringify(`${path}.old`)}` },
      );
    }
  }

  /** Makes sure that nobody has the old database open: what it writes then would be lost. */
  #requireUnused(): void {
    if (!isThere(this.#path)) return;
    try {
      using database = new DatabaseSync(this.#path);
      database.exec(
        "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK",
      );
    } catch (error) {
      // One that is damaged is used by nobody, and may be the reason for the restore.
      if (!(error instanceof Error) || !/locked|busy/.test(error.message)) return;
      throw new AppError(`Cannot overwrite "${this.#path}": another program is using it`, {
        hint: "Stop the service that uses it, then run the same command again",
        cause: error,
      });
    }
  }

  #keepOwner(temporary: string): void {
    const { mode, uid, gid } = statOf(this.#path) ?? {};
    if (typeof mode === "number") Deno.chmodSync(temporary, mode & 0o777);
    if (Deno.uid() === 0 && typeof uid === "number" && typeof gid === "number") {
      Deno.chownSync(temporary, uid, gid);
    }
  }
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** About as many rows as the largest number of a row says; tables without such numbers are counted. */
function highestRow(database: DatabaseSync, table: string): number {
  const name = `"${table.replaceAll('"', '""')}"`;
  try {
    return Number(database.prepare(`SELECT max(rowid) AS n FROM ${name}`).get()?.n ?? 0);
  } catch {
    return Number(database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.n ?? 0);
  }
}

function openReadOnly(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true });
}

function requireSound(temporary: string, path: string): void {
  let found: unknown;
  try {
    using database = openReadOnly(temporary);
    found = database.prepare("PRAGMA integrity_check(1)").get()?.integrity_check;
  } catch (error) {
    found = reasonOf(error);
  } finally {
    for (const end of BESIDE) removeIfThere(temporary + end);
  }
  if (found === "ok") return;
  throw new AppError(
    `Cannot restore "${path}": SQLite says that the database is damaged: ${found}`,
    {
      hint: "Restore an older one with --at, or write this one to a file with --to",
    },
  );
}

function isThere(path: string): boolean {
  return statOf(path) !== undefined;
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new AppError(`Cannot remove "${path}": ${reasonOf(error)}`, { cause: error });
    }
  }
}
