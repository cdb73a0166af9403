/** What the configuration and the history tell of databases. @module */
import type { Config } from "../config/config_schema.ts";
import type { DumpRecords } from "../restore/database_report.ts";
import { COMMAND_DUMP, type DatabaseName, GLOBALS } from "../text/database_series.ts";

/** The databases that a configuration names; those that `all` means only the server knows. */
export function configuredDatabases({ databases }: Config): readonly DatabaseName[] {
  return databases.flatMap(({ label, kind, databases, globals }) => [
    ...databases.map((database) => ({ label, database })),
    ...(globals ? [{ label, database: GLOBALS }] : []),
    ...(kind === "command" ? [{ label, database: COMMAND_DUMP }] : []),
  ]);
}

/** What the history knows of dumps, by the names of their archives: nothing yet. */
export function recordedDumps(): DumpRecords {
  return () => undefined;
}
