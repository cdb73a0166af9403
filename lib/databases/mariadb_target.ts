/**
 * Restores a dump into a database of MariaDB or MySQL. They can't rename a database, so one that is
 * replaced is dropped before its successor is loaded.
 *
 * @module
 */
import { AppError } from "../errors.ts";
import { printableLine } from "../text/printable.ts";
import { type DumpHead, isOlder, serverVersion } from "./dump_head.ts";
import { renamedDump } from "./renamed_dump.ts";
import {
  type ArrivingDump,
  type ExistingContent,
  inUse,
  type RestoreTarget,
} from "./restore_target.ts";
import type { ServerClient } from "./server_client.ts";
import { hexDigits, quotedName } from "./sql_quoting.ts";

/** A row of the dump may be as large as the server allows; what the client allows is 16 MiB otherwise. */
const LARGEST_PACKET = "1073741824";

/** A database of a MariaDB or MySQL server. */
export class MariadbTarget implements RestoreTarget {
  readonly #client: ServerClient;
  readonly #database: string;
  readonly #dumped: string;

  /**
   * @param database its name; it need not exist
   * @param dumped the name of the database that the dump is of
   */
  constructor(client: ServerClient, database: string, dumped: string) {
    this.#client = client;
    this.#database = database;
    this.#dumped = dumped;
  }

  get shown(): string {
    return `the database "${printableLine(this.#database)}"`;
  }

  async existing(): Promise<ExistingContent | undefined> {
    if (await this.#character() === undefined) return undefined;
    const [[tables, rows, bytes] = []] = await this.#rows(
      `SELECT count(*), coalesce(sum(table_rows), 0), coalesce(sum(data_length + index_length), 0)
       FROM information_schema.tables
       WHERE CAST(table_schema AS BINARY) = ${this.#hex} AND table_type = 'BASE TABLE'`,
    );
    return { tables: Number(tables), rows: Number(rows), bytes: Number(bytes) };
  }

  async requireUnused(): Promise<void> {
    const [[sessions] = []] = await this.#rows(
      `SELECT count(*) FROM information_schema.processlist
       WHERE CAST(db AS BINARY) = ${this.#hex} AND id <> connection_id()`,
    );
    if (Number(sessions) > 0) throw inUse(this.shown, Number(sessions));
  }

  async check({ server }: DumpHead): Promise<void> {
    const [[text = ""] = []] = await this.#rows("SELECT version()");
    const own = serverVersion(text);
    if (server === undefined) return;
    if (server.make === own.make && !isOlder(own, server)) return;
    const is = server.make === own.make
      ? `${own.make} ${own.text}, older than the ${server.text}`
      : `${own.make} ${own.text}, not the ${server.make} ${server.text}`;
    throw new AppError(
      `Cannot restore into ${this.shown}: its server is ${is} that the dump is from`,
      {
        hint: "Restore on such a server, or write the dump to a file with --to",
      },
    );
  }

  async take({ bytes }: ArrivingDump, replaces: boolean): Promise<readonly string[]> {
    const name = quotedName(this.#database, "`");
    const before = replaces ? await this.#character() : undefined;
    if (before !== undefined) await this.#rows(`DROP DATABASE ${name}`);
    const as = before === undefined
      ? ""
      : ` CHARACTER SET ${before.set} COLLATE ${before.collation}`;
    // Fails when there is one: whatever is dropped below is what this run has made.
    await this.#rows(`CREATE DATABASE ${name}${as}`);
    try {
      await this.#load(renamedDump(bytes, this.#dumped, this.#database));
      return [];
    } catch (error) {
      await this.#remove(error);
      throw error;
    }
  }

  async #load(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const result = await this.#client.run(
      // No command of the client but the two that a dump needs is obeyed then.
      ["--batch", "--binary-mode", `--max-allowed-packet=${LARGEST_PACKET}`],
      this.#database,
      bytes,
    );
    if (result.failure === undefined) return;
    const said = lastError(result.lastLines) ?? result.failure;
    const hint = /max_allowed_packet/.test(said)
      ? "Set max_allowed_packet = 1G in the server's configuration, and restart it"
      : "Nothing is left of it: repair the cause, then run the same command again";
    throw new AppError(`Cannot restore into ${this.shown}: ${printableLine(said)}`, { hint });
  }

  /** Drops the database that this run has made. */
  async #remove(reason: unknown): Promise<void> {
    const name = quotedName(this.#database, "`");
    try {
      await this.#client.tidy(`DROP DATABASE ${name}`, undefined);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const first = reason instanceof Error ? reason.message : String(reason);
      throw new AppError(
        `${first}; what was restored so far is in ${this.shown}, which could not be dropped: ${said}`,
        { hint: `Drop it: DROP DATABASE ${name};`, cause: reason },
      );
    }
  }

  /** Character set and collation of the database; `undefined`: there is none. */
  async #character(): Promise<{ readonly set: string; readonly collation: string } | undefined> {
    const [row] = await this.#rows(
      `SELECT default_character_set_name, default_collation_name FROM information_schema.schemata
       WHERE CAST(schema_name AS BINARY) = ${this.#hex}`,
    );
    const [set, collation] = row ?? [];
    return set === undefined || collation === undefined ? undefined : { set, collation };
  }

  get #hex(): string {
    return `X'${hexDigits(this.#database)}'`;
  }

  /** Executes a statement; the cells must have neither tabs nor line breaks. */
  async #rows(sql: string): Promise<readonly (readonly string[])[]> {
    const result = await this.#client.run(
      ["--batch", "--skip-column-names", `--execute=${sql}`],
      undefined,
    );
    if (result.failure !== undefined) {
      throw this.#client.failed(`Cannot restore into ${this.shown}`, result);
    }
    return result.stdout.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
  }
}

/** Such as `ERROR 1064 (42000) at line 25: You have an error in your SQL syntax`. */
function lastError(lines: readonly string[]): string | undefined {
  const found = lines.map((line) => /^ERROR \d+ \(\w+\)(?: at line (\d+))?: (.*)$/.exec(line))
    .findLast((match) => match !== null);
  const [, line, message] = found ?? [];
  if (message === undefined) return undefined;
  return line === undefined ? message : `${message}, in line ${line} of the dump`;
}
