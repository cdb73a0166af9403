/**
 * Mistakes that people make who write TOML for the first time, in words of our own: the parser's
 * speak of its grammar. Pure.
 * @module
 */
import { keyMistake, repeatedMistake } from "./toml_key_mistakes.ts";
import { type Mistake, openQuoteIn, type SyntaxError } from "./toml_mistake.ts";
import { listMistake, valueMistake } from "./toml_value_mistakes.ts";

const TYPOGRAPHIC = /[\u2018-\u201f\u2032\u2033\u00ab\u00bb\u2039\u203a]/;
/** What looks like a space, or like nothing, and is neither a space nor a tab. */
const INVISIBLE = /[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]/;
/** How other languages begin a comment. */
const COMMENT = /^(?:--|\/\/|\/\*|;|%|<!--|"""|REM\b)/i;

/** Puts a mistake into words. */
export function mistakeOf(error: SyntaxError): Mistake {
  return [
    repeatedMistake,
    quoteMistake,
    characterMistake,
    keyMistake,
    listMistake,
    valueMistake,
    endMistake,
  ]
    .map((judge) => judge(error)).find((mistake) => mistake !== undefined) ??
    plainMistake(error);
}

/** What the parser's words mean, whatever the line looks like. */
export function plainMistake({ column, reason }: SyntaxError): Mistake {
  const [, message] = MEANINGS.find(([pattern]) => pattern.test(reason)) ?? [];
  return { column, message: message ?? "expected a line such as key = value, or [table]" };
}

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/unfinished string/, "this string is never closed"],
  [/control characters/, "expected text without control characters"],
  [/escape/, 'expected "\\\\" for each backslash in a string in double quotes'],
  [/redefine/, "this key or table is already above: expected it only once"],
  [/unsafe property/, "unknown key"],
  [/end-of-line/, "expected the end of the line after the value"],
  [/end of table/, 'expected "]" after the name of the table'],
  [/expected comma/, "expected a comma, or the bracket that ends the list or table"],
  [/unfinished (?:array|table)/, "a list or table begins here, and no bracket ends it"],
  [/end of key|empty bare key/, "expected a key"],
  [/quoted key/, "expected a key, found a string of several lines"],
  [/key/, "expected a key of letters, digits, hyphens and underscores"],
  [/date/, "expected quotes around the value"],
  [/losslessly/, "expected a smaller number"],
  [/numeric|zero|underscore|integer/, "expected a number of digits alone"],
  [/nested/, "tables and lists are nested too deeply"],
  [/value/, "expected a value: a string in quotes, a number, true, false, or a list in brackets"],
];

function quoteMistake({ line, column }: SyntaxError): Mistake | undefined {
  const open = openQuoteIn(line);
  const isInside = open !== undefined && column > open;
  const from = isInside ? open : column - 1;
  const typographic = TYPOGRAPHIC.exec(line.slice(from));
  if (typographic !== null && (isInside || typographic.index === 0)) {
    return {
      column: from + typographic.index + 1,
      message: `expected a straight quote (" or '), found a typographic one`,
    };
  }
  if (/^\s*```/.test(line)) {
    return { column, message: 'expected a line without "```", which marks a block on a web page' };
  }
  const [entity] = /^&(?:quot|apos|#34|#39);/.exec(line.slice(column - 1)) ?? [];
  if (entity !== undefined) {
    return {
      column,
      message: `expected a straight quote (" or '), found "${entity}" from a web page`,
    };
  }
  if (line.charAt(column - 1) === "`") {
    return { column, message: `expected a straight quote (" or '), found a backtick` };
  }
  if (/^\\["']/.test(line.slice(column - 1))) {
    return { column, message: "expected a quote without a backslash before it" };
  }
  const doubled = /(?<==\s*)(?:""(?!")[^"]+""|''(?!')[^']+'')\s*(?:#.*)?$/.exec(line);
  if (doubled !== null) {
    return { column: doubled.index + 1, message: "expected one quote on each side, found two" };
  }
  if (!isInside) return undefined;
  return { column: open + 1, message: "a string begins here, and no quote ends it on its line" };
}

function characterMistake({ line, column, reason }: SyntaxError): Mistake | undefined {
  const character = line.charAt(column - 1);
  if (INVISIBLE.test(character)) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return {
      column,
      message: `expected a space, found another character that does not show, U+${code}`,
    };
  }
  if (/[^\P{Cc}\t\r\n]/u.test(character)) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return { column, message: `expected text, found a control character, U+${code}` };
  }
  // Of the fonts of East Asia, as wide as two letters.
  if (/[\uff01-\uff5e]/.test(character)) {
    const meant = String.fromCharCode(character.charCodeAt(0) - 0xfee0);
    return {
      column,
      message: `expected "${meant}", found "${character}", which only looks like it`,
    };
  }
  if (!/escape/.test(reason)) return undefined;
  return {
    column,
    message: 'expected "\\\\" for each backslash in a string in double quotes',
    hint: "Between single quotes a backslash is a character like any other",
  };
}

function endMistake({ line, column, reason }: SyntaxError): Mistake | undefined {
  if (!/end-of-line/.test(reason)) return undefined;
  const rest = line.slice(column - 1).trimStart();
  const isHeader = /^\s*\[/.test(line);
  const message = `expected the end of the line after the ${
    isHeader ? "name of the table" : "value"
  }`;
  if (COMMENT.test(rest) && !rest.startsWith(";")) {
    return { column, message: `${message}: a comment begins with "#"` };
  }
  if (/^[\w.-]+\s*=/.test(rest)) {
    return { column, message: `${message}: put each key on a line of its own` };
  }
  if (/=\s*'[^']*'$/.test(line.slice(0, column - 1)) && /^\p{L}/u.test(rest)) {
    return { column, message: `${message}: write a text with an apostrophe in double quotes` };
  }
  const [mark] = /^[^\w\s"']/.exec(rest) ?? [];
  if (mark === "," && /^,\s*["'\d]/.test(rest)) {
    return { column, message: 'expected "[" and "]" around several values' };
  }
  return { column, message: mark === undefined ? message : `${message}, found "${mark}"` };
}
