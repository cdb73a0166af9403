/** Copies what is known of repositories to another history. @module */
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./history_schema.ts";

const TABLES = [
  ...["ledger_repositories", "ledger_archives", "ledger_alarms", "ledger_sources"],
  ...["check_repositories", "check_archives"],
  ...["verifications", "repository_keys", "pins", "dumps"],
];

/**
 * Copies what is known of all repositories of a series from one database to another, and which machine
 * this is.
 */
export function copyLedger(from: DatabaseSync, to: DatabaseSync, name: string): void {
  inTransaction(to, () => {
    const id = from.prepare("SELECT id FROM machine").get()?.id;
    if (typeof id === "string") to.prepare("UPDATE machine SET id = ?").run(id);
    for (const table of TABLES) {
      for (const row of from.prepare(`SELECT * FROM ${table} WHERE name = ?`).all(name)) {
        const values = Object.values(row);
        const places = values.map(() => "?").join(", ");
        to.prepare(`INSERT INTO ${table} VALUES (${places})`).run(...values);
      }
    }
  });
}
