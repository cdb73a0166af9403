/** What is known of a mistake in TOML, and how a line is read to name it. Pure. @module */

/** Where the parser has given up. */
export interface SyntaxError {
  /** The line, without its end. */
  readonly line: string;
  /** From 1. */
  readonly column: number;
  /** What the parser says about it. */
  readonly reason: string;
  /** The lines before it, without their ends. */
  readonly above: readonly string[];
  /** The next line, without its end; empty when there is none. */
  readonly below: string;
}

/** What is wrong in a file. */
export interface Mistake {
  /** How many lines above the one where the parser has given up; that line itself when absent. */
  readonly above?: number;
  /** From 1; where to change something, which need not be where the parser has given up. */
  readonly column: number;
  /** What is wrong, without a full stop and without anything that the line says. */
  readonly message: string;
  readonly hint?: string;
}

/** A string, a quote that begins one without an end, a comment, or a bracket. */
const TOKENS = /"(?:\\.|[^"\\])*"|'[^']*'|(["'])|#.*|([[\]{}()])/g;

/** Where a string begins that has no end on its line, from 0. */
export function openQuoteIn(line: string): number | undefined {
  return [...line.matchAll(TOKENS)].find(([, open]) => open !== undefined)?.index;
}

/** A line with nothing in its strings and without its comment, as long as it was. */
export function outlineOf(line: string): string {
  return line.replace(/"(?:\\.|[^"\\])*"|'[^']*'|#.*/g, (token) => {
    const [mark = ""] = token;
    return mark === "#" ? " ".repeat(token.length) : mark + "_".repeat(token.length - 2) + mark;
  });
}

/** A line that begins a table. */
const TABLE = /^\s*\[+[\w.-]+\]+\s*(?:#.*)?$/;

/** Says whether a line begins another key or another table. */
export function isNextEntry(line: string): boolean {
  return TABLE.test(line) || /^\s*[\w.-]+\s*=/.test(line);
}

/** A bracket that is still open. */
interface OpenBracket {
  readonly mark: string;
  /** How many lines above the one where the parser has given up. */
  readonly above: number;
  /** From 1. */
  readonly column: number;
}

/** The list or table of several lines, or of this one, in which the parser has given up. */
export function openBracket({ line, column, above }: SyntaxError): OpenBracket | undefined {
  const open: OpenBracket[] = [];
  const lines = [...above, TABLE.test(line) ? "" : line.slice(0, column - 1)];
  for (const [index, text] of lines.entries()) {
    // The header of a table is no value.
    if (open.length === 0 && /^\s*\[/.test(text)) continue;
    for (const { 2: mark, index: at } of text.matchAll(TOKENS)) {
      if (mark === undefined) continue;
      if (/[[{(]/.test(mark)) {
        open.push({ mark, above: lines.length - 1 - index, column: at + 1 });
      } else open.pop();
    }
  }
  return open.at(-1);
}
