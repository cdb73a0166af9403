/** Finds out, without a dump, whether everything that a table of databases names can be dumped. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError, reasonOf } from "../errors.ts";
import { GLOBALS } from "../text/database_series.ts";
import { counted } from "../text/units.ts";
import { findDumpHook } from "./command_dump.ts";
import type { DumpContext, ListProblem } from "./dump_source.ts";
import { chooseDatabases, serverOf } from "./list_databases.ts";
import { type AskContext, failureOf, type ServerKind } from "./server.ts";

/** What was found out about a table of databases. */
interface InspectedDatabases {
  /** What is there, for people. */
  readonly description: string;
  /** What keeps a database, or all of them, from being dumped. */
  readonly failures: readonly ListProblem[];
  /** What would be absent from a dump. */
  readonly warnings: readonly ListProblem[];
  /** Databases of the server that the table does not name. */
  readonly unnamed: readonly string[];
}

/** Asks the server of a table, or looks at its files or its hook. */
export async function inspectDatabases(
  entry: DatabaseEntry,
  context: AskContext & Pick<DumpContext, "hooks">,
): Promise<InspectedDatabases> {
  const server = serverOf(entry);
  try {
    if (server !== undefined) return await inspectServer(entry, server, context);
    if (entry.kind === "sqlite") return await inspectFiles(entry);
    const description = `"${await findDumpHook(entry, context)} ${entry.label}" would be run`;
    return { description, failures: [], warnings: [], unnamed: [] };
  } catch (error) {
    context.signal.throwIfAborted();
    return { description: "", failures: [failureOf(error)], warnings: [], unnamed: [] };
  }
}

/** A database that every server has from its first day, with nothing in it. */
const EMPTY: ReadonlySet<string> = new Set(["postgres"]);

async function inspectServer(
  entry: DatabaseEntry,
  server: ServerKind,
  context: AskContext,
): Promise<InspectedDatabases> {
  const { version, databases, otherProduct, refusal, problems } = await server.ask(entry, context);
  const { names, missing } = chooseDatabases(entry, databases);
  const asked = [...entry.globals ? [GLOBALS] : [], ...names];
  const closed = await server.unreadable(entry, asked, context);
  const isWhole = entry.kind === "postgresql";
  return {
    description: `version ${version}, ${counted(names.length, "database", "databases")} of ` +
      `${databases.length}: ${names.map((name) => JSON.stringify(name)).join(", ")}` +
      (otherProduct === undefined ? "" : `; ${otherProduct}`),
    failures: [
      ...(refusal === undefined ? [] : [refusal]),
      ...problems,
      ...missing,
      // Where the server refuses the dump; MariaDB makes one without what is hidden.
      ...(isWhole ? closed : []),
    ],
    warnings: isWhole ? [] : closed,
    unnamed: entry.all ? [] : databases.filter((name) => !names.includes(name) && !EMPTY.has(name)),
  };
}

/** How each file of SQLite begins. */
const MAGIC = "SQLite format 3\0";

async function inspectFiles({ label, databases }: DatabaseEntry): Promise<InspectedDatabases> {
  const failures: ListProblem[] = [];
  for (const path of databases) {
    const state = await stateOfFile(path);
    if (state === undefined) continue;
    const message = `Cannot dump the database "${path}" of "${label}": ${state}`;
    const hint = `Check databases of [[databases]] "${label}"`;
    failures.push({ database: path, message, hint });
  }
  const description = databases.map((path) => JSON.stringify(path)).join(", ");
  return { description, failures, warnings: [], unnamed: [] };
}

/** @returns `undefined` when it is a database */
async function stateOfFile(path: string): Promise<string | undefined> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new AppError("it is not a regular file");
    using file = await Deno.open(path);
    const head = new Uint8Array(MAGIC.length);
    const count = await file.read(head) ?? 0;
    // A program that has just begun has an empty one, which is a database to SQLite.
    if (count === 0 || new TextDecoder().decode(head) === MAGIC) return undefined;
    return "it is no database of SQLite, or an encrypted one";
  } catch (error) {
    return reasonOf(error);
  }
}
