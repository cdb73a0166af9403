/**
 * Restores a dump into a database of PostgreSQL. It is loaded into a new database of a name of our own,
 * which gets the name that was asked for when all of it is there: a database of that name is always
 * whole, and one that is replaced stays until then.
 *
 * @module
 */
import { AppError } from "../errors.ts";
import { printableLine } from "../text/printable.ts";
import { type DumpHead, isOlder } from "./dump_head.ts";
import { type FoundDatabase, propertiesOf } from "./postgresql_properties.ts";
import type { ServerClient } from "./server_client.ts";
import { quotedName, quotedText } from "./sql_quoting.ts";
import {
  type ArrivingDump,
  type ExistingContent,
  inUse,
  type RestoreTarget,
} from "./restore_target.ts";

/** A database of a PostgreSQL server. */
export class PostgresqlTarget implements RestoreTarget {
  readonly #client: ServerClient;
  readonly #database: string;

  /** @param database its name; it need not exist */
  constructor(client: ServerClient, database: string) {
    this.#client = client;
    this.#database = database;
  }

  /** The database that the client is connected to while it makes and renames others. */
  get #maintenance(): string {
    return this.#database === "postgres" ? "template1" : "postgres";
  }

  get shown(): string {
    return `the database "${printableLine(this.#database)}"`;
  }

  async existing(): Promise<ExistingContent | undefined> {
    const found = await this.#find();
    if (found === undefined) return undefined;
    return {
      ...await this.#content(),
      ...(found.size === null ? {} : { bytes: found.size }),
    };
  }

  async requireUnused(): Promise<void> {
    const { sessions = 0 } = await this.#find() ?? {};
    if (sessions > 0) throw inUse(this.shown, sessions);
  }

  async check({ server }: DumpHead): Promise<void> {
    const text = await this.#ask("SHOW server_version", this.#maintenance);
    const own = { make: "PostgreSQL", text: text.trim() } as const;
    if (server === undefined || !isOlder(own, server)) return;
    throw new AppError(
      `Cannot restore into ${this.shown}: its server is PostgreSQL ${own.text}, older than the ` +
        `${server.text} that the dump is from`,
      { hint: "Restore on a server that is not older, or write the dump to a file with --to" },
    );
  }

  async take(dump: ArrivingDump, replaces: boolean): Promise<readonly string[]> {
    const before = replaces ? await this.#find() : undefined;
    const made = `autoborg_restore_${crypto.randomUUID().slice(0, 8)}`;
    await this.#execute(`CREATE DATABASE ${made}${propertiesOf(dump.head, before)}`);
    try {
      await this.#load(made, dump);
    } catch (error) {
      await this.#remove(made, error);
      throw error;
    }
    return await this.#putInPlace(made, before !== undefined);
  }

  /** Gives the new database its name; the old one goes last. */
  async #putInPlace(made: string, replaces: boolean): Promise<readonly string[]> {
    const name = quotedName(this.#database, '"');
    const old = made.replace("restore", "replaced");
    try {
      if (replaces) await this.#rename(name, old);
      try {
        await this.#rename(made, name);
      } catch (error) {
        if (replaces) await this.#rename(old, name);
        throw error;
      }
    } catch (error) {
      // What was loaded is whole and may have taken hours.
      throw new AppError(
        `Cannot give the restored database its name "${printableLine(this.#database)}": it is ` +
          `whole, and called "${made}": ${error instanceof Error ? error.message : ""}`,
        { hint: `Rename it: ALTER DATABASE ${made} RENAME TO ${name};`, cause: error },
      );
    }
    if (!replaces) return [];
    try {
      await this.#execute(`DROP DATABASE ${old}`);
      return [];
    } catch (error) {
      const reason = error instanceof Error ? `: ${error.message}` : "";
      return [`the replaced database could not be dropped, and is now called "${old}"${reason}`];
    }
  }

  async #load(made: string, { bytes }: ArrivingDump): Promise<void> {
    // What the dump prints, such as the values of sequences, nobody reads; of a named file, standard
    // input, errors have lines.
    const result = await this.#client.run(
      ["--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"],
      made,
      bytes,
    );
    if (result.failure === undefined) return;
    throw this.#refused(result.failure, result.lastLines);
  }

  /** Drops the database that this run has made. */
  async #remove(made: string, reason: unknown): Promise<void> {
    try {
      // A server that builds an index does not notice that its client is gone.
      await this.#client.tidy(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${
          quotedText(made)
        } AND pid <> pg_backend_pid()`,
        this.#maintenance,
      );
      await this.#client.tidy(`DROP DATABASE IF EXISTS ${made}`, this.#maintenance);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const first = reason instanceof Error ? reason.message : String(reason);
      throw new AppError(
        `${first}; what was restored so far is in the database "${made}", which could not be ` +
          `dropped: ${said}`,
        { hint: `Drop it: DROP DATABASE ${made};`, cause: reason },
      );
    }
  }

  #refused(failure: string, lastLines: readonly string[]): AppError {
    const found = lastMessage(lastLines);
    const said = found === undefined
      ? failure
      : `${printableLine(found.message)}, in line ${found.line} of the dump`;
    const hint = /^role ".*" does not exist$/.test(found?.message ?? "")
      ? 'Create the role first: all roles are in the dump "globals" of the same label'
      : "Nothing is left of it: repair the cause, then run the same command again";
    return new AppError(`Cannot restore into ${this.shown}: ${said}`, { hint });
  }

  async #find(): Promise<FoundDatabase | undefined> {
    const answer = await this.#ask(
      `SELECT json_build_object('encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate,
         'ctype', d.datctype, 'provider', to_jsonb(d)->>'datlocprovider',
         'locale', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'),
         'rules', to_jsonb(d)->>'daticurules',
         'owner', pg_get_userbyid(d.datdba), 'size', CASE
           WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END,
         'sessions', (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND
           coalesce(to_jsonb(a)->>'backend_type', 'client backend') = 'client backend'))
       FROM pg_database d WHERE d.datname = ${quotedText(this.#database)}`,
      this.#maintenance,
    );
    return answer.trim() === "" ? undefined : JSON.parse(answer);
  }

  async #content(): Promise<ExistingContent> {
    const answer = await this.#ask(
      `SELECT json_build_object('tables', count(*),
         'rows', coalesce(sum(CASE
           WHEN c.reltuples > 0 THEN c.reltuples ELSE s.n_live_tup END), 0)::bigint)
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
       WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'`,
      this.#database,
    );
    return JSON.parse(answer);
  }

  async #ask(sql: string, database: string): Promise<string> {
    const result = await this.#client.run(
      ["--quiet", "--tuples-only", "--no-align", `--command=${sql}`],
      database,
    );
    if (result.failure === undefined) return result.stdout;
    throw this.#client.failed(`Cannot restore into ${this.shown}`, result);
  }

  async #execute(sql: string): Promise<void> {
    await this.#ask(sql, this.#maintenance);
  }

  /** Not to be stopped between two of them: there would be no database of that name. */
  async #rename(from: string, to: string): Promise<void> {
    const sql = `ALTER DATABASE ${from} RENAME TO ${to}`;
    await this.#client.tidy(sql, this.#maintenance, "Cannot rename it");
  }
}

/**
 * Reads such as `psql:<stdin>:123: ERROR:  role "app" does not exist`, in the server's language: psql
 * stops at the first error, so the last message is the one.
 */
function lastMessage(
  lines: readonly string[],
): { readonly line: string; readonly message: string } | undefined {
  const found = lines.map((line) => /^psql:<stdin>:(\d+): \p{Lu}+: {2}(.*)$/u.exec(line))
    .findLast((match) => match !== null);
  const [, line = "", message = ""] = found ?? [];
  return found === undefined ? undefined : { line, message };
}
