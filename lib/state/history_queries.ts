/**
 * The questions about past runs. They only read; {@linkcode History} also writes. Longer than other
 * files, because each question is one query, and all of them ask the same tables.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  REPOSITORY_CELLS,
  REPOSITORY_COLUMNS,
  repositoryOf,
  STEP_COLUMNS,
  stepOf,
} from "./history_cells.ts";
import { readRecordedRuns } from "./recorded_runs.ts";
import { RowReader } from "./row_reader.ts";
import {
  dateOf,
  type PastCreate,
  type RecordedBackup,
  type RecordedRun,
  runOf,
  type RunRow,
  type StepRow,
} from "./history_rows.ts";

import type { SizePoint } from "./repository_space.ts";
import { type PastVerification, verificationOf } from "./verifications.ts";

/** Of a series, for all but one run. */
export const DEAD = "name = ? AND ending = 'running' AND id <> ?";

/**
 * Goes through the runs, the last one first, and looks up a step of each: SQLite would collect the
 * steps of all runs before it sorts them. The first place is the label.
 */
const OF_LAST_RUNS =
  "FROM runs NOT INDEXED CROSS JOIN steps ON steps.run = runs.id AND steps.label = ?";

/** How many good backups are looked through for one to compare with. */
const COMPARED = 100;

/** Answers questions about past runs from the database of the history. */
export class PastRuns {
  protected readonly database: DatabaseSync;
  readonly #read: RowReader;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.#read = new RowReader(database);
  }

  /**
   * The runs that ended without a report and were named in none, oldest first. Only who holds the
   * run lock can tell them from one in progress.
   */
  dead(name: string, own: string): readonly RunRow[] {
    const sql = `SELECT * FROM runs WHERE ${DEAD} ORDER BY rowid`;
    return this.#read.rows(sql, [name, own]).map(runOf);
  }

  /** How many runs of a series ended without a report. */
  countDead(name: string, own: string): number {
    const sql = "SELECT id FROM runs WHERE name = ? AND ending <> 'reported' AND id <> ?";
    return this.#read.rows(sql, [name, own]).length;
  }

  /**
   * The start of the last run in which a step succeeded in a repository. The last one counts, not
   * the latest date: a clock that was wrong once must not be believed for ever.
   */
  lastSuccess(name: string, label: string, step: string): Date | undefined {
    const row = this.#read.row(
      `SELECT runs.started_at AS at ${OF_LAST_RUNS} AND steps.step = ?
       WHERE runs.name = ? AND steps.state IN ('ok', 'warning')
       ORDER BY runs.rowid DESC LIMIT 1`,
      [label, step, name],
    );
    return row === undefined ? undefined : dateOf(row.at);
  }

  /** The start of the first run that was recorded of a repository. */
  firstRun(name: string, label: string): Date | undefined {
    const of = "FROM repositories JOIN runs ON runs.id = run WHERE name = ? AND label = ?";
    return dateOf(
      this.#read.row(`SELECT started_at AS at ${of} ORDER BY runs.rowid`, [name, label])?.at,
    );
  }

  /**
   * The last good backups into a repository, newest first: an archive was made, no source is
   * missing from it, nothing looks wrong with it, and `verify` found no difference.
   */
  goodBackups(name: string, label: string, last: number): readonly RecordedBackup[] {
    const rows = this.#read.arrays(
      `${REPOSITORY_COLUMNS}, ${STEP_COLUMNS}, runs.id`,
      `${OF_LAST_RUNS} AND steps.step = 'create'
       JOIN repositories ON repositories.run = runs.id AND repositories.label = steps.label
       WHERE runs.name = ? AND repositories.incomplete = 0
         AND steps.state IN ('ok', 'warning') AND steps.suspicious = 0
         AND steps.archive IS NOT NULL
         AND NOT EXISTS (
           SELECT 1 FROM steps AS verify WHERE verify.run = runs.id AND verify.label = steps.label
             AND verify.step = 'verify' AND verify.state = 'failed'
         )
       ORDER BY runs.rowid DESC LIMIT ?`,
      [label, name, last],
    );
    return rows.flatMap((cells) => {
      const id = cells.at(-1);
      const run = typeof id === "string"
        ? this.#read.row("SELECT * FROM runs WHERE id = ?", [id])
        : undefined;
      if (run === undefined) return [];
      const step = stepOf(cells.slice(REPOSITORY_CELLS));
      return [{ run: runOf(run), repository: repositoryOf(cells), step }];
    });
  }

  /** The last runs of a series, newest first; with a label only those of that repository. */
  runs(name: string, last: number, label?: string): readonly RecordedRun[] {
    const only = label === undefined
      ? ""
      : "AND EXISTS (SELECT 1 FROM repositories WHERE run = runs.id AND label = ?)";
    // Through an index SQLite would collect the runs of all nights before it sorts them.
    const chosen = `FROM runs NOT INDEXED WHERE name = ? ${only} ORDER BY rowid DESC LIMIT ?`;
    const values = label === undefined ? [name, last] : [name, label, last];
    return readRecordedRuns(this.#read, { chosen, values });
  }

  /**
   * All runs of a series, newest first, with no other steps than those that tell what is in an
   * archive and whether it is complete.
   */
  runsOfArchives(name: string): readonly RecordedRun[] {
    return readRecordedRuns(this.#read, {
      chosen: "FROM runs WHERE name = ? ORDER BY rowid DESC",
      values: [name],
      steps:
        `step = 'create' OR (step = 'verify' AND state = 'failed') OR (step = 'inspect' AND EXISTS (
         SELECT 1 FROM steps AS made WHERE made.run = steps.run AND made.label = steps.label
           AND made.step = 'create' AND made.suspicious = 1))`,
    });
  }

  /** The ids of all runs of a series, the last recorded one first. */
  runIds(name: string): readonly string[] {
    const rows = this.#read.rows("SELECT id FROM runs WHERE name = ? ORDER BY rowid DESC", [name]);
    return rows.flatMap(({ id }) => typeof id === "string" ? [id] : []);
  }

  /** Whether a run of a series is known. */
  hasRun(name: string, id: string): boolean {
    return this.#read.row("SELECT 1 AS found FROM runs WHERE name = ? AND id = ?", [name, id]) !==
      undefined;
  }

  /**
   * The last run that may have begun an archive in a repository; what a run did that ended without a
   * report is not known.
   *
   * @param own the id of a run that does not count
   */
  lastCreate(name: string, label: string, own: string): string | undefined {
    const id = this.#read.row(
      `SELECT id FROM runs NOT INDEXED WHERE name = ? AND id <> ? AND (ending <> 'reported' OR EXISTS (
         SELECT 1 FROM steps WHERE run = runs.id AND label = ? AND step = 'create'
           AND state <> 'skipped'
       )) ORDER BY rowid DESC LIMIT 1`,
      [name, own, label],
    )?.id;
    return typeof id === "string" ? id : undefined;
  }

  /** The newest results of `create` in a repository, oldest first, without skipped ones. */
  recentCreates(name: string, label: string, count: number): readonly PastCreate[] {
    const rows = this.#read.rows(
      `SELECT runs.started_at AS at, steps.state AS state, steps.new_size AS size,
         steps.archive IS NOT NULL AS made
       ${OF_LAST_RUNS} AND steps.step = 'create'
       WHERE runs.name = ? AND steps.state <> 'skipped'
       ORDER BY runs.rowid DESC LIMIT ?`,
      [label, name, count],
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
    return this.#read.arrays(
      STEP_COLUMNS,
      `${OF_LAST_RUNS} AND steps.step = 'create'
       WHERE runs.name = ? AND steps.state <> 'skipped'
       ORDER BY runs.rowid DESC LIMIT ?`,
      [label, name, count],
    ).toReversed().map(stepOf);
  }

  /** The sizes of a repository after each archive that was made in it since a time. */
  sizes(name: string, label: string, since: Date): readonly SizePoint[] {
    return this.#read.rows(
      `SELECT runs.started_at AS at, steps.repository_size AS size, steps.new_size AS added
       FROM runs JOIN steps ON steps.run = runs.id AND steps.label = ? AND steps.step = 'create'
       WHERE runs.name = ? AND runs.started_at >= ? AND steps.archive IS NOT NULL`,
      [label, name, since.getTime()],
    ).flatMap(({ at, size, added }) =>
      typeof at === "number" && typeof size === "number" && typeof added === "number"
        ? [{ at, size, added }]
        : []
    );
  }

  /** What a run found out last about the space of a repository, as JSON. */
  lastSpace(
    name: string,
    label: string,
  ): { readonly startedAt: number; readonly text: string } | undefined {
    const { at, space } = this.#read.row(
      `SELECT runs.started_at AS at, repositories.space AS space
       FROM runs NOT INDEXED CROSS JOIN repositories
         ON repositories.run = runs.id AND repositories.label = ?
       WHERE runs.name = ? AND repositories.space IS NOT NULL ORDER BY runs.rowid DESC LIMIT 1`,
      [label, name],
    ) ?? {};
    return typeof at === "number" && typeof space === "string"
      ? { startedAt: at, text: space }
      : undefined;
  }

  /** What was in no source in the last runs, each as JSON, newest first. */
  uncovered(name: string, last: number): readonly string[] {
    return this.#read.rows(
      "SELECT uncovered FROM runs NOT INDEXED WHERE name = ? AND uncovered IS NOT NULL ORDER BY rowid DESC LIMIT ?",
      [name, last],
    ).flatMap(({ uncovered }) => typeof uncovered === "string" ? [uncovered] : []);
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
      .find(({ repository }) => (repository.absentSources ?? "[]") === "[]");
    const { files, originalSize } = last?.step ?? { files: null, originalSize: null };
    return files === null || originalSize === null ? undefined : { files, originalSize };
  }

  /** The archives that runs of a series made in a repository, each with its absent sources as JSON. */
  absences(name: string, label: string): readonly (readonly [archive: string, absent: string])[] {
    return this.#read.rows(
      `SELECT archive, repositories.absent_sources AS absent_sources
       FROM steps JOIN runs ON runs.id = steps.run
       JOIN repositories ON repositories.run = runs.id AND repositories.label = steps.label
       WHERE runs.name = ? AND steps.label = ? AND steps.archive IS NOT NULL`,
      [name, label],
    ).flatMap(({ archive, absent_sources: absent }) =>
      typeof archive === "string" && typeof absent === "string" ? [[archive, absent] as const] : []
    );
  }

  /** Whether a run of the series has ever made an archive in a repository. */
  hasCreated(name: string, label: string): boolean {
    return this.#read.row(
      `SELECT 1 AS found FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND steps.label = ? AND steps.archive IS NOT NULL LIMIT 1`,
      [name, label],
    ) !== undefined;
  }

  /**
   * What runs have read back from the archives of a repository, newest first: those that began at or
   * after a time, and always the last one.
   */
  verifications(name: string, label: string, since: Date): readonly PastVerification[] {
    return this.#read.rows(
      `SELECT * FROM verifications WHERE name = ? AND label = ? AND (at >= ? OR rowid = (
         SELECT max(rowid) FROM verifications WHERE name = ? AND label = ?
       )) ORDER BY rowid DESC`,
      [name, label, since.getTime(), name, label],
    ).map(verificationOf);
  }

  /** What tells this machine apart from others: sixteen hexadecimal digits. */
  machineId(): string {
    const id = this.#read.row("SELECT id FROM machine", [])?.id;
    return typeof id === "string" ? id : "";
  }
}
