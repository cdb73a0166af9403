/**
 * The history of runs: what `check.every`, `status` and everything else that looks back relies on.
 * One SQLite file in the state directory, read while a run writes. Longer than other files, because
 * every question about past runs is asked here.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  type Columns,
  dateOf,
  type PastCreate,
  type RecordedBackup,
  type RecordedRepository,
  type RecordedRun,
  repositoryOf,
  representable,
  type Row,
  runColumns,
  runOf,
  type RunRow,
  stepColumns,
  stepOf,
  type StepRow,
  type Value,
} from "./history_rows.ts";
import { openOrSetAside, openReadable, writeMark } from "./history_opening.ts";
import { inTransaction, openForWriting } from "./history_schema.ts";
import {
  copyLedger,
  readAcceptances,
  type RecordedAcceptance,
  RepositoryLedger,
} from "./repository_ledger.ts";

export type { PastCreate, RecordedRun, RepositoryRow, RunRow, StepRow } from "./history_rows.ts";

/** Of a series, for all but one run. */
const DEAD = "name = ? AND ending = 'running' AND id <> ?";

/** How many good backups are looked through for one to compare with. */
const COMPARED = 100;

/** An open history; disposing of it closes the file. */
export class History implements Disposable {
  readonly #database: DatabaseSync;
  /** The file; `undefined` when it is not written to, or lives in memory. */
  readonly #path: string | undefined;

  private constructor(database: DatabaseSync, path?: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Opens the history, making it when it is missing.
   *
   * @param onDamage is told when a damaged file was set aside and a new one begun; without it a
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
    inTransaction(this.#database, () => {
      this.#database.prepare("DELETE FROM runs WHERE id = ?").run(run.id);
      this.#insert("runs", runColumns(run));
      for (const { repository, steps } of repositories) {
        this.#insert("repositories", { run: run.id, ...repository });
        for (const step of steps) this.#insert("steps", stepColumns(run.id, step));
      }
    });
    if (this.#path !== undefined) writeMark(this.#path, run.id);
  }

  /**
   * The runs that ended without a report and were named in none, oldest first. Only who holds the
   * run lock can tell them from one that is going on.
   */
  dead(name: string, own: string): readonly RunRow[] {
    const sql = `SELECT * FROM runs WHERE ${DEAD} ORDER BY rowid`;
    return this.#rows(sql, [name, own]).map(runOf);
  }

  /** Records that the dead runs were named in a report; the problems are JSON. */
  markDied(name: string, own: string, problems: string): void {
    this.#database.prepare(
      `UPDATE runs SET ending = 'died', state = 'failed', problems = ? WHERE ${DEAD}`,
    ).run(problems, name, own);
  }

  /** How many runs of a series ended without a report. */
  countDead(name: string, own: string): number {
    const sql = "SELECT id FROM runs WHERE name = ? AND ending <> 'reported' AND id <> ?";
    return this.#rows(sql, [name, own]).length;
  }

  /**
   * The start of the last run in which a step succeeded in a repository. The last one counts, not
   * the latest date: a clock that was wrong once must not be believed for ever.
   */
  lastSuccess(name: string, label: string, step: string): Date | undefined {
    const row = this.#row(
      `SELECT runs.started_at AS at FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND steps.label = ? AND steps.step = ?
         AND steps.state IN ('ok', 'warning')
       ORDER BY runs.rowid DESC LIMIT 1`,
      [name, label, step],
    );
    return row === undefined ? undefined : dateOf(row.at);
  }

  /** The start of the first run that was recorded of a repository. */
  firstRun(name: string, label: string): Date | undefined {
    const of = "FROM repositories JOIN runs ON runs.id = run WHERE name = ? AND label = ?";
    return dateOf(
      this.#row(`SELECT started_at AS at ${of} ORDER BY runs.rowid`, [name, label])?.at,
    );
  }

  /**
   * The last good backups into a repository, newest first: an archive was made, no source is
   * missing from it, nothing looks wrong with it, and `verify` found no difference.
   */
  goodBackups(name: string, label: string, last: number): readonly RecordedBackup[] {
    const rows = this.#rows(
      `SELECT runs.id AS run FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND runs.sources_missing = 0 AND steps.label = ?
         AND steps.step = 'create' AND steps.state IN ('ok', 'warning') AND steps.suspicious = 0
         AND steps.archive IS NOT NULL
         AND NOT EXISTS (
           SELECT 1 FROM steps AS verify WHERE verify.run = runs.id AND verify.label = steps.label
             AND verify.step = 'verify' AND verify.state = 'failed'
         )
       ORDER BY runs.rowid DESC LIMIT ?`,
      [name, label, last],
    );
    return rows.flatMap(({ run: id }) => {
      if (typeof id !== "string") return [];
      const run = this.#row(`SELECT * FROM runs WHERE id = ?`, [id]);
      const step = this.#steps(id).find((one) => one.label === label && one.step === "create");
      return run === undefined || step === undefined ? [] : [{ run: runOf(run), step }];
    });
  }

  /** The last runs of a series, newest first; with a label only those of that repository. */
  runs(name: string, last: number, label?: string): readonly RecordedRun[] {
    const only = label === undefined
      ? ""
      : "AND EXISTS (SELECT 1 FROM repositories WHERE run = runs.id AND label = ?)";
    const rows = this.#rows(
      `SELECT * FROM runs WHERE name = ? ${only} ORDER BY rowid DESC LIMIT ?`,
      label === undefined ? [name, last] : [name, label, last],
    );
    return rows.map((row) => {
      const run = runOf(row);
      return { run, repositories: this.#repositories(run.id) };
    });
  }

  /** The ids of all runs of a series, the last recorded one first. */
  runIds(name: string): readonly string[] {
    const rows = this.#rows("SELECT id FROM runs WHERE name = ? ORDER BY rowid DESC", [name]);
    return rows.flatMap(({ id }) => typeof id === "string" ? [id] : []);
  }

  /** The newest results of `create` in a repository, oldest first, without skipped ones. */
  recentCreates(name: string, label: string, count: number): readonly PastCreate[] {
    const rows = this.#rows(
      `SELECT runs.started_at AS at, steps.state AS state, steps.new_size AS size,
         steps.archive IS NOT NULL AS made
       FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND steps.label = ? AND steps.step = 'create'
         AND steps.state <> 'skipped'
       ORDER BY runs.rowid DESC LIMIT ?`,
      [name, label, count],
    );
    return rows.toReversed().flatMap(({ at, state, size, made }) => {
      const startedAt = dateOf(at);
      if (startedAt === undefined || typeof state !== "string") return [];
      const known = typeof size === "number" ? size : undefined;
      const past = { startedAt, state, newSize: made === 1 ? known : undefined };
      return [made === 1 || known === undefined ? past : { ...past, checkpointSize: known }];
    });
  }

  /** The newest results of `create` in a repository with all figures, oldest first. */
  creates(name: string, label: string, count: number): readonly StepRow[] {
    return this.#rows(
      `SELECT steps.* FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND steps.label = ? AND steps.step = 'create'
         AND steps.state <> 'skipped'
       ORDER BY runs.rowid DESC LIMIT ?`,
      [name, label, count],
    ).toReversed().map(stepOf);
  }

  /**
   * The size of the last archive that is fit for comparison: complete, no optional source was absent,
   * and nothing looks wrong.
   */
  baseline(
    name: string,
    label: string,
  ): { readonly files: number; readonly originalSize: number } | undefined {
    const last = this.goodBackups(name, label, COMPARED)
      .find(({ run }) => (run.absentSources ?? "[]") === "[]");
    const { files, originalSize } = last?.step ?? { files: null, originalSize: null };
    return files === null || originalSize === null ? undefined : { files, originalSize };
  }

  /** Whether a run of the series has ever made an archive in a repository. */
  hasCreated(name: string, label: string): boolean {
    return this.#row(
      `SELECT 1 AS found FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND steps.label = ? AND steps.archive IS NOT NULL LIMIT 1`,
      [name, label],
    ) !== undefined;
  }

  /** What tells this machine apart from others: sixteen hexadecimal digits. */
  machineId(): string {
    const id = this.#row("SELECT id FROM machine", [])?.id;
    return typeof id === "string" ? id : "";
  }

  /** What is known of the data in a repository. */
  ledger(name: string, label: string): RepositoryLedger {
    return new RepositoryLedger(this.#database, name, label);
  }

  /** What people accepted, the last first. */
  acceptances(name: string, last: number): readonly RecordedAcceptance[] {
    return readAcceptances(this.#database, name, last);
  }

  /** Takes over what another history knows of the data in the repositories of a series. */
  copyLedgerOf(other: History, name: string): void {
    copyLedger(other.#database, this.#database, name);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #repositories(run: string): readonly RecordedRepository[] {
    const rows = this.#rows(
      "SELECT * FROM repositories WHERE run = ? ORDER BY rowid",
      [run],
    );
    const steps = this.#steps(run);
    return rows.map(repositoryOf).map((repository) => ({
      repository,
      steps: steps.filter(({ label }) => label === repository.label),
    }));
  }

  #steps(run: string): readonly StepRow[] {
    const sql = `SELECT * FROM steps WHERE run = ? ORDER BY rowid`;
    return this.#rows(sql, [run]).map(stepOf);
  }

  /** Runs a query; a number that JavaScript can't hold is `null`, and no reason to read nothing. */
  #rows(sql: string, values: readonly Value[]): readonly Columns[] {
    const statement = this.#database.prepare(sql);
    // Without it a single such number makes the whole query throw.
    statement.setReadBigInts(true);
    return statement.all(...values).map(representable);
  }

  #row(sql: string, values: readonly Value[]): Columns | undefined {
    return this.#rows(sql, values)[0];
  }

  #insert(table: string, row: Row): void {
    const columns = Object.keys(row).map((name) =>
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    ).join(", ");
    const values = Object.values(row);
    const places = values.map(() => "?").join(", ");
    this.#database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${places})`).run(...values);
  }
}
