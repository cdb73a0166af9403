/**
 * The history of runs: what checks that are due, `status` and everything else that looks back relies on.
 * One SQLite file in the state directory, read while a run writes.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  type RecordedRun,
  repositoryColumns,
  type Row,
  runColumns,
  stepColumns,
  type StepRow,
} from "./history_rows.ts";
import { openOrSetAside, openReadable, writeMark } from "./history_opening.ts";
import { inTransaction, openForWriting } from "./history_schema.ts";
import { readAcceptances, type RecordedAcceptance, RepositoryLedger } from "./repository_ledger.ts";
import { CheckLedger } from "./check_ledger.ts";
import { DumpLedger } from "./dump_ledger.ts";
import { KeyLedger } from "./key_ledger.ts";
import { PinLedger, readPinChanges, type RecordedPinChange } from "./pin_ledger.ts";
import { copyLedger } from "./ledger_copy.ts";
import { DEAD, PastRuns } from "./history_queries.ts";
import { INSERT_VERIFICATION, verificationValues } from "./verifications.ts";

export type { PastCreate, RecordedRun, RunRow, StepRow } from "./history_rows.ts";

/** An open history; disposing of it closes the file. */
export class History extends PastRuns implements Disposable {
  /** The file; `undefined` when it is not written to, or lives in memory. */
  readonly #path: string | undefined;

  private constructor(database: DatabaseSync, path?: string) {
    super(database);
    this.#path = path;
  }

  /**
   * Opens the history, making it when it is missing.
   *
   * @param onDamage is called when a damaged file was set aside and a new one begun; without it a
   *   damaged file stays and is an error
   * @throws {AppError} when it can't be opened
   */
  static open(path: string, onDamage?: (message: string) => void): History {
    return new History(openOrSetAside(path, onDamage), path);
  }

  /**
   * Opens the history for those who only look; it need not be writable.
   *
   * @throws {AppError} when it can't be read
   */
  static openForReading(path: string): History | undefined {
    const database = openReadable(path);
    return database === undefined ? undefined : new History(database);
  }

  /** A history that lasts as long as the process, for a run whose file can't be opened. */
  static inMemory(): History {
    return new History(openForWriting(":memory:"));
  }

  /**
   * Records a run as a whole or not at all. It replaces what was recorded of the same run before,
   * such as its start.
   */
  record({ run, repositories }: RecordedRun): void {
    inTransaction(this.database, () => {
      this.database.prepare("DELETE FROM runs WHERE id = ?").run(run.id);
      this.#insert("runs", runColumns(run));
      for (const { repository, steps, verification } of repositories) {
        this.#insert("repositories", repositoryColumns(run, repository));
        for (const step of steps) this.#insert("steps", stepColumns(run.id, step));
        if (verification === undefined) continue;
        this.database.prepare(INSERT_VERIFICATION).run(
          ...[run.id, run.name, repository.label, run.startedAt],
          ...verificationValues(verification),
        );
      }
    });
    if (this.#path !== undefined) writeMark(this.#path, run.id);
  }

  /** Adds a step to a run that ended without a report; one that is known already stays as it is. */
  addStep(run: string, step: StepRow): void {
    const { label, step: name } = step;
    inTransaction(this.database, () => {
      const known = this.database.prepare(
        "SELECT 1 FROM steps WHERE run = ? AND label = ? AND step = ?",
      ).get(run, label, name);
      if (known !== undefined) return;
      const repository = { label, state: step.state, reason: null };
      this.#insert("repositories", repositoryColumns({ id: run }, repository));
      this.#insert("steps", stepColumns(run, step));
    });
  }

  /** Records that the crashed runs were named in a report; the problems are JSON. */
  markDied(name: string, own: string, problems: string): void {
    this.database.prepare(
      `UPDATE runs SET ending = 'died', state = 'failed', problems = ? WHERE ${DEAD}`,
    ).run(problems, name, own);
  }

  /** What is known of the data in a repository. */
  ledger(name: string, label: string): RepositoryLedger {
    return new RepositoryLedger(this.database, name, label);
  }

  /** What has been checked of a repository. */
  checks(name: string, label: string): CheckLedger {
    return new CheckLedger(this.database, name, label);
  }

  /** What is known of the key of a repository. */
  keys(name: string, label: string): KeyLedger {
    return new KeyLedger(this.database, name, label);
  }

  /** What is pinned in a repository. */
  pins(name: string, label: string): PinLedger {
    return new PinLedger(this.database, name, label);
  }

  /** What became of the dumps of databases in a repository. */
  dumps(name: string, label: string): DumpLedger {
    return new DumpLedger(this.database, name, label);
  }

  /** When something was pinned, and when no longer, the last first. */
  pinChanges(name: string, last: number): readonly RecordedPinChange[] {
    return readPinChanges(this.database, name, last);
  }

  /** What people accepted, the last first. */
  acceptances(name: string, last: number): readonly RecordedAcceptance[] {
    return readAcceptances(this.database, name, last);
  }

  /** Takes over what another history knows of the data in the repositories of a series. */
  copyLedgerOf(other: History, name: string): void {
    copyLedger(other.database, this.database, name);
  }

  [Symbol.dispose](): void {
    this.database.close();
  }

  #insert(table: string, row: Row): void {
    const columns = Object.keys(row).map((name) =>
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    ).join(", ");
    const values = Object.values(row);
    const places = values.map(() => "?").join(", ");
    this.database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${places})`).run(...values);
  }
}
