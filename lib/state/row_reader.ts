/** Reads rows from SQLite at little cost. @module */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cells } from "./history_cells.ts";
import { type Columns, representable, type Value } from "./history_rows.ts";

/** Runs queries, and prepares the statement of each only once. */
export class RowReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs a query; a number that JavaScript can't hold is `null`, and no reason to read nothing. */
  rows(sql: string, values: readonly Value[]): readonly Columns[] {
    const statement = this.#prepare(sql);
    try {
      return statement.all(...values);
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
    }
    // A single such number makes the whole query throw, and all numbers as bigint cost more.
    statement.setReadBigInts(true);
    try {
      return statement.all(...values).map(representable);
    } finally {
      statement.setReadBigInts(false);
    }
  }

  /**
   * Reads columns as arrays, by way of JSON: SQLite's binding makes an object of each row, which of
   * many columns takes five times as long. A number that JavaScript can't hold is `null`.
   *
   * @param from the query behind its columns
   */
  arrays(columns: string, from: string, values: readonly Value[]): readonly Cells[] {
    const rows = this.#prepare(`SELECT json_array(${columns}) AS cells ${from}`).all(...values);
    const read: unknown = JSON.parse(`[${rows.map(({ cells }) => cells).join(",")}]`);
    return Array.isArray(read) ? read : [];
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs a query and returns its first row. */
  row(sql: string, values: readonly Value[]): Columns | undefined {
    return this.rows(sql, values)[0];
  }
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_OUT_OF_RANGE";
}
