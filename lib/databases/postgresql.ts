/**
 * PostgreSQL: asked by `psql`, dumped by `pg_dump` and `pg_dumpall`.
 *
 * The dumps are plain: the custom format has no end mark, so that a dump which is cut off looks whole.
 * @module
 */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { GLOBALS } from "../text/database_series.ts";
import type { DumpSource } from "./dump_source.ts";
import { CLUSTER_MARK, POSTGRES_MARK } from "./dump_text.ts";
import { hintForServer } from "./login_hints.ts";
import { askPostgres, openPostgres, postgresDatabase } from "./postgresql_login.ts";
import { openProgramDump } from "./program_dump.ts";
import {
  type AskContext,
  askProgram,
  databaseText,
  dumpFileName,
  type Failure,
  maskOf,
  type ServerFacts,
  type ServerKind,
} from "./server.ts";

/**
 * Everything that is asked at first. A database that lets nobody in can't be dumped, nor one that is left
 * of a DROP DATABASE which was interrupted: the server marks it by a limit of -2.
 */
const FACTS = `SELECT pg_catalog.json_build_object(
  'number', pg_catalog.current_setting('server_version_num')::int,
  'version', pg_catalog.current_setting('server_version'),
  'directory', CASE WHEN pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE')
    THEN pg_catalog.current_setting('data_directory') END,
  'databases', (SELECT pg_catalog.json_agg(datname ORDER BY datname)
    FROM pg_catalog.pg_database WHERE NOT datistemplate AND datallowconn AND datconnlimit <> -2))`;

/** What `FACTS` answers. */
interface Facts {
  readonly number: number;
  readonly version: string;
  /** Only those may know it who may read all settings. */
  readonly directory: string | null;
  readonly databases: readonly string[] | null;
}

async function ask(entry: DatabaseEntry, context: AskContext): Promise<ServerFacts> {
  const { number, version, directory, databases } = await factsOf(entry, context);
  const client = await clientVersion(entry, context);
  const isOlder = client !== undefined && Math.floor(client) < Math.floor(number / 10_000);
  return {
    version: version.replace(/ .*/, ""),
    databases: databases ?? [],
    problems: [],
    ...(directory === null ? {} : { directory }),
    ...(isOlder ? { refusal: tooOld(client, version) } : {}),
  };
}

async function factsOf(entry: DatabaseEntry, context: AskContext): Promise<Facts> {
  const read = async (database: string): Promise<Facts> =>
    JSON.parse(await askPostgres(entry, database, FACTS, context));
  try {
    return await read("postgres");
  } catch (error) {
    // A server can do without the database that all programs ask in.
    if (!/database "postgres" does not exist/.test(String(error))) throw error;
    return await read("template1");
  }
}

function tooOld(client: number, server: string): Failure {
  const [major = ""] = server.split(".");
  return {
    message: `Cannot dump a PostgreSQL ${server} with pg_dump ${client}, which is older`,
    hint: `Install the client of the server: apt-get install postgresql-client-${major}`,
  };
}

/** Debian's `pg_dump` picks a version by the server: it must see where that is. */
async function clientVersion(
  entry: DatabaseEntry,
  context: AskContext,
): Promise<number | undefined> {
  await using access = await openPostgres(entry, context);
  // Only as the first argument is it taken for the question.
  const args = ["--version", ...access.args];
  const words = await askProgram({ entry, access, program: "pg_dump", args }, context);
  const [, version] = /\) (\d+(?:\.\d+)?)/.exec(words) ?? [];
  return version === undefined ? undefined : Number(version);
}

/**
 * Tables and sequences that the user may not read, or of which the server shows only some rows, and
 * those in schemas that are closed.
 */
const UNREADABLE = `SELECT coalesce(pg_catalog.json_agg(name), '[]') FROM (
  SELECT n.nspname || '.' || c.relname ||
    CASE WHEN pg_catalog.row_security_active(c.oid) THEN ' (row-level security)' ELSE '' END AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'S', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
        ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END
      AND NOT pg_catalog.row_security_active(c.oid))
  ORDER BY 1 LIMIT 4) AS closed`;

async function unreadable(
  entry: DatabaseEntry,
  databases: readonly string[],
  context: AskContext,
): ReturnType<ServerKind["unreadable"]> {
  const found = [];
  for (const database of databases) {
    const closed: readonly string[] = JSON.parse(
      database === GLOBALS
        ? await askPostgres(entry, "postgres", ROLES, context)
        : await askPostgres(entry, database, UNREADABLE, context),
    );
    if (closed.length === 0) continue;
    const names = closed.slice(0, 3).map((name) => JSON.stringify(name)).join(", ");
    const reason = `permission denied for table ${closed[0]}`;
    const hint = hintForServer(entry, reason);
    found.push({
      database,
      message: `the user may not read ${names}${closed.length > 3 ? " and others" : ""}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return found;
}

/** The roles with their passwords, which only superusers can read. */
const ROLES = `SELECT CASE WHEN pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT')
  THEN '[]' ELSE '["pg_authid"]' END`;

function source(entry: DatabaseEntry, database: string): DumpSource {
  const isGlobals = database === GLOBALS;
  const what = isGlobals
    ? `the roles and tablespaces of "${entry.label}"`
    : databaseText(entry, database);
  return {
    name: { label: entry.label, database },
    fileName: isGlobals ? "globals.sql" : dumpFileName(database),
    async open(context) {
      const access = await openPostgres(entry, context);
      const request = {
        program: isGlobals ? "pg_dumpall" : "pg_dump",
        args: [...access.args, ...isGlobals ? ["--globals-only"] : [postgresDatabase(database)]],
        env: access.env,
        ...(access.user === undefined ? {} : { user: access.user }),
      };
      return await openProgramDump({
        request,
        what,
        mark: isGlobals ? CLUSTER_MARK : POSTGRES_MARK,
        mask: maskOf(entry),
        hintFor: (reason) => hintForServer(entry, reason),
        access,
      }, context);
    },
  };
}

/** PostgreSQL. */
export const POSTGRESQL: ServerKind = { ask, unreadable, source };
