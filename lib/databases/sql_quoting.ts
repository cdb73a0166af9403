/** Writes names and texts into SQL. Pure. @module */

/**
 * The name of a database or a user, whatever characters it has.
 *
 * @param quote `"` as the standard has it, or a backtick as MariaDB and MySQL have it
 */
export function quotedName(name: string, quote: '"' | "`"): string {
  return quote + name.replaceAll(quote, quote + quote) + quote;
}

/** A text for PostgreSQL, where a backslash is a character like others (since 9.1, by default). */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The bytes of a text in hexadecimal: no character means anything then, whatever the SQL mode is. */
export function hexDigits(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
