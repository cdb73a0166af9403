/**
 * MariaDB and MySQL: asked by `mariadb` or `mysql`, dumped by `mariadb-dump` or `mysqldump`.
 *
 * Names come from the server as hexadecimal digits: no character of theirs can be taken for another
 * value, or for the end of the line.
 *
 * @module
 */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError, hintOf, reasonOf } from "../errors.ts";
import { openAccess } from "./access.ts";
import type { DumpSource, DumpWarning } from "./dump_source.ts";
import { MARIADB_MARK } from "./dump_text.ts";
import { hintForServer } from "./login_hints.ts";
import { askMariaDb, openMariaDb, programsOf } from "./mariadb_login.ts";
import { missingFromDump, seesAllDatabases } from "./mariadb_rights.ts";
import { openProgramDump } from "./program_dump.ts";
import { isGenerated } from "./reserved_databases.ts";
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
import { hexDigits } from "./sql_quoting.ts";

/** What is dumped besides tables, and how: the data as it is at one moment. */
const DUMP_OPTIONS = [
  "--single-transaction",
  "--routines",
  "--events",
  "--triggers",
  "--hex-blob",
];

/** Names as hexadecimal digits of their UTF-8. */
const FACTS = `SELECT VERSION();
SELECT HEX(CONVERT(@@datadir USING utf8mb4));
SELECT HEX(CONVERT(schema_name USING utf8mb4)) FROM information_schema.schemata ORDER BY 1;`;

async function ask(entry: DatabaseEntry, context: AskContext): Promise<ServerFacts> {
  const [version = "", directory = "", ...names] = await askMariaDb(entry, FACTS, context);
  const databases = names.map(fromHex).filter((name) => !isGenerated(name));
  const client = await clientVersion(entry, context);
  const isSameProduct = /mariadb/i.test(version) === /mariadb/i.test(client.words);
  const isOlder = isSameProduct && client.version !== undefined &&
    compare(client.version, version) < 0;
  return {
    version: version.replace(/-.*/, ""),
    databases: databases.sort(),
    directory: fromHex(directory),
    problems: entry.all ? await hiddenDatabases(entry, context) : [],
    ...(isSameProduct ? {} : { otherProduct: otherProduct(entry, client.words) }),
    ...(isOlder ? { refusal: tooOld(entry, client.version, version) } : {}),
  };
}

/** A database that the user may not see would be forgotten without a word. */
async function hiddenDatabases(
  entry: DatabaseEntry,
  context: AskContext,
): Promise<readonly Failure[]> {
  const grants = await grantsOf(entry, context);
  if (grants === undefined || seesAllDatabases(grants)) return [];
  const hint = hintForServer(entry, "insufficient privileges");
  const message = `Cannot tell all databases of "${entry.label}": the user sees only some of them`;
  return [{ message, ...(hint === undefined ? {} : { hint }) }];
}

/** What the user may do; `undefined`: the rights of a role of MySQL, which it tells only by its name. */
async function grantsOf(
  entry: DatabaseEntry,
  context: AskContext,
): Promise<readonly string[] | undefined> {
  const grants = await askMariaDb(entry, "SHOW GRANTS", context);
  const hasRole = grants.some((line) => /^GRANT `[^`]+`@/.test(line));
  return entry.kind === "mysql" && hasRole ? undefined : grants;
}

function fromHex(digits: string): string {
  return new TextDecoder().decode(Uint8Array.fromHex(digits));
}

function tooOld(
  entry: DatabaseEntry,
  client: string,
  server: string,
): Failure {
  const { dump, package: name } = programsOf(entry);
  return {
    message: `Cannot dump a server of version ${server} with ${dump} ${client}, which is older`,
    hint: `Install the client of the server's version: apt-get install ${name}`,
  };
}

/** Mostly that works: Debian has only the programs of MariaDB, which dump a MySQL 8 as well. */
function otherProduct(entry: DatabaseEntry, client: string): string {
  const [own, other] = /mariadb/i.test(client) ? ["MariaDB", "MySQL"] : ["MySQL", "MariaDB"];
  return `${programsOf(entry).dump} is the one of ${own}, which may not know all of ${other}`;
}

/** Compares the first two numbers of versions; clients of the same series know all of its servers. */
function compare(first: string, second: string): number {
  const [a, b] = [first, second].map((version) => {
    const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) * 1_000 + Number(minor);
  });
  return (a ?? 0) - (b ?? 0);
}

async function clientVersion(
  entry: DatabaseEntry,
  context: AskContext,
): Promise<{ readonly words: string; readonly version: string | undefined }> {
  await using access = await openAccess(entry, context);
  const program = programsOf(entry).dump;
  const words = await askProgram({ entry, access, program, args: ["--version"] }, context);
  // The program has a version of its own, which is not that of the server that it belongs to.
  const version = /(?:Distrib|from) (\d+\.\d+)/.exec(words)?.[1] ??
    /Ver (\d+\.\d+)/.exec(words)?.[1];
  return { words, version };
}

/** Tables that are dumped while others write them, because their engine knows no transactions. */
function looseTables(database: string): string {
  return `SELECT HEX(CONVERT(CONCAT(t.table_name, ' (', t.engine, ')') USING utf8mb4))
FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine
WHERE t.table_type = 'BASE TABLE' AND e.transactions <> 'YES'
  AND t.table_schema = ${literal(database)} ORDER BY 1;`;
}

/** A text in SQL, whatever it has in it and whatever the server takes for an escape. */
function literal(text: string): string {
  return `CONVERT(0x${hexDigits(text)} USING utf8mb4)`;
}

/** What a person should know of a dump before it is made. */
async function warningsOf(
  entry: DatabaseEntry,
  database: string,
  context: AskContext,
): Promise<readonly DumpWarning[]> {
  // Its own tables have such engines, and nobody can change that.
  if (database === "mysql") return [];
  const tables = (await askMariaDb(entry, looseTables(database), context)).map(fromHex);
  const missing = await missingOf(entry, database, context);
  const shown = tables.slice(0, 5).map((name) => JSON.stringify(name)).join(", ");
  const loose = {
    message: "tables without transactions may not match the others in the dump: " +
      `${shown}${tables.length > 5 ? ", …" : ""}`,
    hint: "If their program allows it, change each of them: ALTER TABLE name ENGINE=InnoDB",
  };
  return [...(tables.length === 0 ? [] : [loose]), ...(missing === undefined ? [] : [missing])];
}

async function missingOf(
  entry: DatabaseEntry,
  database: string,
  context: AskContext,
): Promise<Failure | undefined> {
  const grants = await grantsOf(entry, context);
  const missing = grants === undefined ? [] : missingFromDump(grants, database);
  if (missing.length === 0) return undefined;
  const hint = hintForServer(entry, "insufficient privileges");
  return {
    message: `the user may not read all ${missing.join(", ")}, so they are missing from the dump`,
    ...(hint === undefined ? {} : { hint }),
  };
}

async function unreadable(
  entry: DatabaseEntry,
  databases: readonly string[],
  context: AskContext,
): ReturnType<ServerKind["unreadable"]> {
  const found = [];
  for (const database of databases) {
    const missing = await missingOf(entry, database, context);
    if (missing !== undefined) found.push({ database, ...missing });
  }
  return found;
}

function source(entry: DatabaseEntry, database: string): DumpSource {
  return {
    name: { label: entry.label, database },
    fileName: dumpFileName(database),
    async open(context) {
      const warnings = await warningsOf(entry, database, context).catch((error: unknown) => {
        context.signal.throwIfAborted();
        const message = `Cannot dump ${databaseText(entry, database)}: ${reasonOf(error)}`;
        throw new AppError(message, hintOf(error));
      });
      const access = await openMariaDb(entry, context);
      const request = {
        program: programsOf(entry).dump,
        // A name that begins with a hyphen is no option behind "--".
        args: [...access.args, ...DUMP_OPTIONS, "--", database],
        env: access.env,
        ...(access.user === undefined ? {} : { user: access.user }),
      };
      return await openProgramDump({
        request,
        what: databaseText(entry, database),
        mark: MARIADB_MARK,
        mask: maskOf(entry),
        hintFor: (reason) => hintForServer(entry, reason),
        warnings,
        access,
      }, context);
    },
  };
}

/** MariaDB and MySQL. */
export const MARIADB: ServerKind = { ask, unreadable, source };
