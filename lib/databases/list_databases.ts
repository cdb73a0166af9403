/** Makes the list of what a table of databases dumps. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { GLOBALS } from "../text/database_series.ts";
import { globRegExp } from "../text/glob.ts";
import { commandDump } from "./command_dump.ts";
import type { DatabaseList, DumpContext, DumpSource, ListProblem } from "./dump_source.ts";
import { MARIADB } from "./mariadb.ts";
import { POSTGRESQL } from "./postgresql.ts";
import { failureOf, type ServerKind } from "./server.ts";
import { sqliteDump } from "./sqlite.ts";

/** The kinds that are servers. */
const SERVERS: Readonly<Partial<Record<DatabaseEntry["kind"], ServerKind>>> = {
  postgresql: POSTGRESQL,
  mariadb: MARIADB,
  mysql: MARIADB,
};

/** The server of a table's kind; `undefined`: it has none. */
export function serverOf({ kind }: Pick<DatabaseEntry, "kind">): ServerKind | undefined {
  return SERVERS[kind];
}

/**
 * Makes the list of what a table of databases dumps, in the order of the table, or of the names. The
 * server is asked, also for databases that are named: one that does not exist is a problem, and the
 * others are dumped.
 */
export async function listDatabases(
  entry: DatabaseEntry,
  context: DumpContext,
): Promise<DatabaseList> {
  const server = serverOf(entry);
  if (server !== undefined) return await listOfServer(entry, server, context);
  if (entry.kind === "command") return { sources: [commandDump(entry)], problems: [], files: [] };
  const files = entry.databases;
  return { sources: files.map((path) => sqliteDump(entry, path)), problems: [], files };
}

async function listOfServer(
  entry: DatabaseEntry,
  server: ServerKind,
  context: DumpContext,
): Promise<DatabaseList> {
  try {
    const { databases, directory, refusal, problems } = await server.ask(entry, context);
    if (refusal !== undefined) return { sources: [], problems: [refusal], files: [] };
    const { names, missing } = chooseDatabases(entry, databases);
    const globals: readonly DumpSource[] = entry.globals ? [server.source(entry, GLOBALS)] : [];
    return {
      sources: [...globals, ...names.map((name) => server.source(entry, name))],
      problems: [...problems, ...missing],
      files: directory === undefined || entry.host !== undefined ? [] : [directory],
    };
  } catch (error) {
    context.signal.throwIfAborted();
    return { sources: [], problems: [failureOf(error)], files: [] };
  }
}

/**
 * Chooses the databases that a table means.
 *
 * @param there those of the server
 */
export function chooseDatabases(
  { label, databases, all, exclude }: DatabaseEntry,
  there: readonly string[],
): { readonly names: readonly string[]; readonly missing: readonly ListProblem[] } {
  const isExcluded = (name: string) =>
    exclude.some((pattern) => pattern === name || globRegExp(pattern, false).test(name));
  const wanted = all ? there.filter((name) => !isExcluded(name)) : databases;
  const names = wanted.filter((name) => there.includes(name) && name !== GLOBALS);
  const missing = wanted.filter((name) => !names.includes(name)).map((database) => {
    const what = `Cannot dump the database ${JSON.stringify(database)} of "${label}"`;
    if (database !== GLOBALS) {
      const hint = `Create it, or take it out of databases of [[databases]] "${label}"`;
      return { database, message: `${what}: it does not exist`, hint };
    }
    const message = `${what}: this name is reserved for the roles of the server`;
    return { database, message, hint: 'Rename it, or dump it by kind = "command"' };
  });
  return { names, missing };
}
