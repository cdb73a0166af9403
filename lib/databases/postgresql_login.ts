/**
 * Reaches a server of PostgreSQL. The name of a database goes into a connection string: the programs take
 * a name with "=" in it, or one that begins with "postgres://", for such a string.
 *
 * @module
 */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError } from "../errors.ts";
import { type Access, openAccess } from "./access.ts";
import type { DumpContext } from "./dump_source.ts";
import { type AskContext, askProgram } from "./server.ts";

/** How the programs of PostgreSQL are let in, and where the server is. */
interface PostgresAccess extends Access {
  /** Where the server is and who logs in, for each of its programs. */
  readonly args: readonly string[];
}

/**
 * Makes what `psql` and `pg_dump` need to reach a server.
 *
 * @throws {AppError} as {@linkcode openAccess}, and when the password can't be written down
 */
export async function openPostgres(
  entry: DatabaseEntry,
  context: Pick<DumpContext, "path" | "scratch">,
): Promise<PostgresAccess> {
  const { host, port, socket, user, password } = entry;
  const file = password === undefined
    ? undefined
    : { name: "pgpass", content: passwordLine(entry.label, password.reveal()) };
  const access = await openAccess(entry, context, file);
  const at = host ?? socket;
  return {
    ...access,
    env: {
      ...access.env,
      PGCONNECT_TIMEOUT: "30",
      ...(access.file === undefined ? {} : { PGPASSFILE: access.file }),
    },
    args: [
      ...(at === undefined ? [] : [`--host=${at}`]),
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(user === undefined ? [] : [`--username=${user}`]),
      "--no-password",
    ],
  };
}

/** A line of a `PGPASSFILE` for every server: the program knows only one. */
function passwordLine(label: string, password: string): string {
  if (/[\r\n]/.test(password)) {
    throw new AppError(`Cannot use the password of the databases "${label}": it has a line break`, {
      hint: `Check the password of [[databases]] "${label}": PostgreSQL reads it from one line`,
    });
  }
  return `*:*:*:*:${password.replace(/[\\:]/g, "\\$&")}\n`;
}

/** The argument that names a database, whatever characters its name has. */
export function postgresDatabase(name: string): string {
  return `--dbname=dbname='${name.replace(/['\\]/g, "\\$&")}'`;
}

/**
 * Asks a server.
 *
 * @param database the one to ask in
 * @param sql gives one value of text
 */
export async function askPostgres(
  entry: DatabaseEntry,
  database: string,
  sql: string,
  context: AskContext,
): Promise<string> {
  await using access = await openPostgres(entry, context);
  return await askProgram({
    entry,
    access,
    program: "psql",
    args: [
      ...access.args,
      postgresDatabase(database),
      "--no-psqlrc",
      "--quiet",
      "--tuples-only",
      "--no-align",
      "--set=ON_ERROR_STOP=1",
      "--file=-",
    ],
    env: { PGCLIENTENCODING: "UTF8" },
    stdin: sql,
  }, context);
}
