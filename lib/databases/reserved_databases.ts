/** The databases that belong to a server itself. Pure. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";

/** What MariaDB and MySQL make up themselves. */
const GENERATED: ReadonlySet<string> = new Set(["information_schema", "performance_schema", "sys"]);

/** What PostgreSQL makes new databases from. */
const TEMPLATES: ReadonlySet<string> = new Set(["template0", "template1"]);

/** Whether there is nothing to dump in a database of MariaDB or MySQL. */
export function isGenerated(database: string): boolean {
  return GENERATED.has(database.toLowerCase());
}

/** Whether nothing may be restored into a database, because the server needs it for itself. */
export function isReserved({ kind }: Pick<DatabaseEntry, "kind">, database: string): boolean {
  if (kind === "postgresql") return TEMPLATES.has(database);
  return isGenerated(database) || database.toLowerCase() === "mysql";
}
