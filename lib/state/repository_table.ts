/** Reads and writes the rows of one repository in the history database. @module */
import type { DatabaseSync } from "node:sqlite";
import type { Columns, Value } from "./history_rows.ts";
import { RowReader } from "./row_reader.ts";

/** What tables of the history know of one repository of a series, by the columns `name` and `label`. */
export class RepositoryTable {
  protected readonly database: DatabaseSync;
  protected readonly key: readonly [name: string, label: string];

  constructor(database: DatabaseSync, name: string, label: string) {
    this.database = database;
    this.key = [name, label];
  }

  /** Reads rows of the repository; what follows the condition narrows and orders them. */
  protected rows(
    select: string,
    rest = "ORDER BY rowid",
    ...values: readonly Value[]
  ): readonly Columns[] {
    const sql = `${select} WHERE name = ? AND label = ? ${rest}`;
    return new RowReader(this.database).rows(sql, [...this.key, ...values]);
  }

  /** Runs a statement whose first two places are the series and the label. */
  protected run(sql: string, ...values: readonly Value[]): void {
    this.database.prepare(sql).run(...this.key, ...values);
  }
}
