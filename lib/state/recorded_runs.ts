/** Reads runs of the history with everything below them. @module */
import {
  type Cells,
  REPOSITORY_COLUMNS,
  repositoryOf,
  STEP_COLUMNS,
  stepOf,
} from "./history_cells.ts";
import { type RecordedRun, runOf, type Value } from "./history_rows.ts";
import type { RowReader } from "./row_reader.ts";

/** From this number of runs on their steps are not looked up one by one. */
const SCANNED = 100;

/** Which runs are read, and how much of them. */
interface Selection {
  /** Selects from the runs, without columns. */
  readonly chosen: string;
  /** For the places in it. */
  readonly values: readonly Value[];
  /** Which steps are read, as a condition; all when left out. */
  readonly steps?: string;
}

/**
 * Reads runs: one statement for the steps of all, as one for each run costs more than reading the
 * rows.
 */
export function readRecordedRuns(
  read: RowReader,
  { chosen, values, steps = "true" }: Selection,
): readonly RecordedRun[] {
  const runs = read.rows(`SELECT * ${chosen}`, values).map(runOf);
  // Of many runs each row is looked at in its place, which needs no sorting.
  const how = runs.length > SCANNED ? "NOT INDEXED" : "";
  const where = `${how} WHERE run IN (SELECT id ${chosen})`;
  const rows = (table: string, columns: string, and: string) =>
    byRun(read.arrays(columns, `FROM ${table} ${where} AND (${and}) ORDER BY rowid`, values));
  const repositories = rows("repositories", `${REPOSITORY_COLUMNS}, run`, "true");
  const parts = rows("steps", `${STEP_COLUMNS}, run`, steps);
  return runs.map((run) => {
    const own = (parts.get(run.id) ?? []).map(stepOf);
    return {
      run,
      repositories: (repositories.get(run.id) ?? []).map(repositoryOf).map((repository) => ({
        repository,
        steps: own.filter(({ label }) => label === repository.label),
      })),
    };
  });
}

/** Rows by the run in their last cell. */
function byRun(rows: readonly Cells[]): ReadonlyMap<unknown, readonly Cells[]> {
  const runs = new Map<unknown, Cells[]>();
  for (const row of rows) {
    const run = row.at(-1);
    const known = runs.get(run);
    if (known === undefined) runs.set(run, [row]);
    else known.push(row);
  }
  return runs;
}
