/**
 * The series of archives that hold the dumps of a database: `NAME.db.LABEL.DATABASE`. Prune acts on
 * names alone, so no two databases may share one, whatever characters their names have.
 *
 * @module
 */

/** A database: the label of its table in the configuration, and its name on the server. */
export interface DatabaseName {
  /** Letters, digits, `_` and `-`. */
  readonly label: string;
  /** Any characters, as the server has them. */
  readonly database: string;
}

/** What stands between the name of the configuration and the label; no such name has it. */
export const DATABASE_MARK = ".db.";

/** The name under which the roles and tablespaces of a PostgreSQL server are dumped. */
export const GLOBALS = "*globals*";

/** The name of the one dump of a `kind = "command"`. */
export const COMMAND_DUMP = "dump";

/**
 * Makes the name of the series of a database. Everything but letters, digits, `_` and `-` of ASCII
 * becomes `%XX`, each byte of UTF-8 by itself: no dot, slash, brace or wildcard is left in it.
 *
 * @param name `name` of the configuration
 */
export function databaseSeries(name: string, { label, database }: DatabaseName): string {
  return `${name}${DATABASE_MARK}${label}.${encoded(database)}`;
}

/**
 * Reads the name of a series.
 *
 * @param name `name` of the configuration
 * @returns the database; `undefined` when it is another series
 */
export function parseDatabaseSeries(name: string, series: string): DatabaseName | undefined {
  if (!series.startsWith(name + DATABASE_MARK)) return undefined;
  const match = /^([\w-]+)\.((?:[\w-]|%[0-9A-F]{2})+)$/.exec(
    series.slice(name.length + DATABASE_MARK.length),
  );
  if (match === null) return undefined;
  const [, label = "", text = ""] = match;
  const database = decoded(text);
  // What would be written in another way was not written by us.
  if (database === undefined || encoded(database) !== text) return undefined;
  return { label, database };
}

/** Whether a series is that of a configuration, or of one of its databases. */
export function isOwnSeries(name: string, series: string): boolean {
  return series === name || parseDatabaseSeries(name, series) !== undefined;
}

/**
 * A database as people read and type it: "main/app"; "main/globals" for the roles of a server, so that a
 * database of that name is in quotes; and the label alone for the one dump of a command.
 */
export function databaseLabel({ label, database }: DatabaseName): string {
  if (database === COMMAND_DUMP) return label;
  const shown = database === GLOBALS ? "globals" : database === "globals" ? '"globals"' : database;
  return `${label}/${shown}`;
}

function encoded(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return [...bytes].map((byte) => {
    const character = String.fromCharCode(byte);
    if (/[\w-]/.test(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function decoded(text: string): string | undefined {
  const parts = text.match(/%[0-9A-F]{2}|[\w-]/g) ?? [];
  const bytes = parts.map((part) =>
    part.length === 1 ? part.charCodeAt(0) : parseInt(part.slice(1), 16)
  );
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
