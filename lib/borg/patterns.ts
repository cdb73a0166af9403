/**
 * Exact paths for Borg's `--patterns-from`: any number of them, on standard input, where no command
 * line can become too long. Pure.
 *
 * @module
 */

/**
 * The options that make Borg read patterns from its standard input. Borg opens the file while it
 * reads its arguments, before it asks for anything.
 */
export const PATTERNS_FROM_INPUT = "--patterns-from=/dev/stdin";

/** Matches every path; as the last line it decides about what no other line matched. */
const EVERYTHING = "re:^";

/** What to do with the paths that a list of patterns does not name. */
type Others = "include" | "exclude" | "as the arguments say";

/** Paths to include and to exclude, and what becomes of the others. */
interface PathPatterns {
  readonly include: Iterable<string>;
  readonly exclude: Iterable<string>;
  readonly others: Others;
}

/**
 * Writes patterns as Borg reads them with {@linkcode PATTERNS_FROM_INPUT}. No path is both included
 * and excluded: of two exact patterns for one path Borg takes the last one.
 *
 * @returns lines, each with its line break
 */
export function patternLines({ include, exclude, others }: PathPatterns): string {
  const lines: string[] = [];
  for (const path of exclude) lines.push(`- ${exactPattern(path)}`);
  for (const path of include) lines.push(`+ ${exactPattern(path)}`);
  if (others === "include") lines.push(`+ ${EVERYTHING}`);
  if (others === "exclude") lines.push(`- ${EVERYTHING}`);
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Writes a pattern for one path. `pf:` is a look-up in a table, whatever the number of patterns; but
 * Borg strips blanks from lines, and normalises what stands behind `pf:`.
 *
 * @param path a path as Borg lists it: question marks may stand for bytes that are not UTF-8
 */
export function exactPattern(path: string): string {
  return isPlain(path) ? `pf:${path}` : `re:\\A${literal(path.replace(/^\/+/, ""))}\\Z`;
}

/** Control characters and blanks at the end are lost in a line, a question mark may be a byte. */
function isPlain(path: string): boolean {
  if (!/^[^\p{Cc}\p{Cs}\u2028\u2029?]+$/u.test(path) || path.trimEnd() !== path) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** A regular expression of Python's for a text; Borg keeps a byte that is not UTF-8 as U+DC80 to FF. */
function literal(path: string): string {
  return [...path].map((character) => {
    if (character === "?") return "[?\\udc80-\\udcff]";
    if (/^[A-Za-z0-9_/]$/.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xffff
      ? `\\u${code.toString(16).padStart(4, "0")}`
      : `\\U${code.toString(16).padStart(8, "0")}`;
  }).join("");
}
