/**
 * Writes TOML with comments, which no library does.
 *
 * @module
 */
import { printableLine } from "../text/printable.ts";

/** A value as it is written. */
export type TomlValue = string | number | boolean | readonly string[];

/** A line of a table. */
export type Entry =
  | {
    readonly kind: "key";
    readonly key: string;
    readonly value: TomlValue;
    /** Where the value is from, as a comment behind it. */
    readonly origin: string | undefined;
    /** Whether it is only shown, as a comment: `#key = value`. */
    readonly isOff: boolean;
  }
  | {
    /** A comment; `look`: one that a person must read. */
    readonly kind: "look" | "remark";
    readonly text: string;
  };

/** A table of the file. */
export interface TomlTable {
  /** Such as `[mail]`; empty for what stands in front of the first table. */
  readonly header: string;
  readonly entries: readonly Entry[];
  /** Whether all of it is only shown, as a comment. */
  readonly isOff: boolean;
}

/** What every comment begins with that a person must read. */
export const LOOK = "# LOOK: ";

/** How wide the file is. */
const WIDTH = 100;

/**
 * Writes a table.
 *
 * @param table the table
 * @returns its lines
 */
export function writeTable(table: TomlTable): string[] {
  const { header, entries, isOff } = table;
  const lines = header === "" ? [] : [isOff ? `#${header}` : header];
  for (const entry of entries) {
    if (entry.kind === "key") {
      const written = writeKey(entry.key, entry.value, entry.origin);
      lines.push(...written.map((line) => isOff || entry.isOff ? `#${line}` : line));
    } else lines.push(...writeComment(entry.text, entry.kind === "look" ? LOOK : "# "));
  }
  return lines;
}

/**
 * Writes a comment.
 *
 * @param text any text
 * @param start what its first line begins with; those that follow are indented as far
 * @returns lines that are not wider than the file, unless a word is
 */
export function writeComment(text: string, start = "# "): string[] {
  const lines: string[] = [];
  let line = start.slice(0, -1);
  for (const word of printableLine(text).split(" ")) {
    if (line.length + 1 + word.length > WIDTH && line.length >= start.length) {
      lines.push(line);
      line = `#${" ".repeat(start.length - 2)}`;
    }
    line += ` ${word}`;
  }
  return [...lines, line.trimEnd()];
}

/**
 * Writes a string.
 *
 * @param text any text without halves of surrogate pairs
 * @returns a basic string of TOML; whatever a person could not see is an escape
 */
export function writeString(text: string): string {
  // Besides control characters: invisible ones, and those that turn the direction of a line.
  const escaped = text.replace(/["\\]/g, "\\$&")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      const short = SHORT[character];
      if (short !== undefined) return short;
      const digits = code.toString(16).padStart(code > 0xffff ? 8 : 4, "0");
      return `\\${code > 0xffff ? "U" : "u"}${digits}`;
    });
  return `"${escaped}"`;
}

const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

function writeKey(key: string, value: TomlValue, origin: string | undefined): string[] {
  const comment = origin === undefined ? "" : ` # ${printableLine(origin)}`;
  if (typeof value === "string") return [`${key} = ${writeString(value)}${comment}`];
  if (typeof value !== "object") return [`${key} = ${value}${comment}`];
  const items = value.map(writeString);
  const line = `${key} = [${items.join(", ")}]`;
  if (line.length + comment.length <= WIDTH) return [`${line}${comment}`];
  return [`${key} = [${comment}`, ...items.map((item) => `  ${item},`), "]"];
}
