/** Opens a database of a server as the target of a restore. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { UsageError } from "../errors.ts";
import { printableLine } from "../text/printable.ts";
import type { DumpContext } from "./dump_source.ts";
import { hintForServer } from "./login_hints.ts";
import { openMariaDb, programsOf } from "./mariadb_login.ts";
import { MariadbTarget } from "./mariadb_target.ts";
import { openPostgres } from "./postgresql_login.ts";
import { PostgresqlTarget } from "./postgresql_target.ts";
import { isReserved } from "./reserved_databases.ts";
import type { RestoreTarget } from "./restore_target.ts";
import { ServerClient } from "./server_client.ts";

/** A target, which lasts until it is disposed of. */
export interface OpenedTarget extends AsyncDisposable {
  readonly target: RestoreTarget;
}

/** A user who may read everything, as for dumps, may not make a database. */
const LACKS_RIGHTS =
  /permission denied|must be (?:owner|superuser)|Access denied for user .* to database/;

function hintForRestore(entry: DatabaseEntry, reason: string): string | undefined {
  if (!LACKS_RIGHTS.test(reason)) return hintForServer(entry, reason);
  return `Let the user of [[databases]] "${entry.label}" create databases, or write the dump to a ` +
    "file with --to, and load it as another user";
}

/** PostgreSQL cuts longer names off, and says so only in passing. */
const LONGEST_NAME = 63;

/**
 * Opens a database, which need not exist, by the connection of a table of the configuration.
 *
 * @param entry of a kind that has a server
 * @param dumped the name of the database that the dump is of
 * @throws {AppError} when the connection can't be prepared, or the name can't be that of a new database
 */
export async function openServerTarget(
  entry: DatabaseEntry,
  database: string,
  dumped: string,
  context: Pick<DumpContext, "start" | "signal" | "path" | "scratch">,
): Promise<OpenedTarget> {
  const shown = `"${printableLine(database)}"`;
  if (isReserved(entry, database)) {
    throw new UsageError(`Cannot restore into the database ${shown}: it belongs to the server`);
  }
  const isPostgres = entry.kind === "postgresql";
  const length = new TextEncoder().encode(database).length;
  if (isPostgres && length > LONGEST_NAME) {
    throw new UsageError(
      `Cannot restore into the database ${shown}: its name has ${length} bytes, and PostgreSQL ` +
        `allows ${LONGEST_NAME}`,
    );
  }
  const access = isPostgres
    ? await openPostgres(entry, context)
    : await openMariaDb(entry, context);
  const { args, env, user } = access;
  const program = isPostgres ? "psql" : programsOf(entry).client;
  const client = new ServerClient(
    { program, args, env, ...(user === undefined ? {} : { user }) },
    context.start,
    context.signal,
    (reason) => hintForRestore(entry, reason),
  );
  return {
    target: isPostgres
      ? new PostgresqlTarget(client, database)
      : new MariadbTarget(client, database, dumped),
    [Symbol.asyncDispose]: () => access[Symbol.asyncDispose](),
  };
}
