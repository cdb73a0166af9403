/** Mistakes in what stands behind "=": strings without quotes, numbers with units, lists. Pure. @module */
import {
  isNextEntry,
  type Mistake,
  openBracket,
  outlineOf,
  type SyntaxError,
} from "./toml_mistake.ts";

const QUOTED = 'Strings are written in quotes: key = "value"';
const QUANTITY = 'Durations and sizes are written in quotes: key = "7d"';
const DIGITS = "expected a number of digits alone";
const LIST = 'expected "[" and "]" around a list';

/** Names what is wrong with the brackets of a list, and between them. */
export function listMistake(error: SyntaxError): Mistake | undefined {
  const { line, column, reason } = error;
  const outline = outlineOf(line);
  const paren = /=\s*\(/.exec(outline);
  if (paren !== null) {
    return { column: paren.index + paren[0].length, message: `${LIST}, found "("` };
  }
  const brace = /=\s*\{\s*(?:["']_*["']|[\d.]+)\s*[,}]/.exec(outline);
  if (brace !== null) {
    return { column: outline.indexOf("{", brace.index) + 1, message: `${LIST}, found "{"` };
  }
  const open = openBracket(error);
  if (open === undefined || !/comma|invalid value|unfinished|key/.test(reason)) return undefined;
  const rest = line.slice(column - 1).trimStart();
  const isTable = open.mark === "{";
  const [what, closing] = isTable ? ["table", "}"] : ["list", "]"];
  // The next key, the next table, or the end of the file: what came before is not closed.
  const isNext = open.above > 0 && isNextEntry(line);
  if (isNext || rest === "" || rest.startsWith("#")) {
    return {
      above: open.above,
      column: open.column,
      message: `a ${what} begins here, and no "${closing}" ends it`,
    };
  }
  if (rest.startsWith(",") || /^,\s*[,\]]/.test(rest)) {
    return { column, message: "expected a value before the comma" };
  }
  if (isTable && /:/.test(rest.charAt(0))) {
    return { column, message: 'expected "=" between the key and its value, found ":"' };
  }
  if (!/expected comma/.test(reason)) return undefined;
  const message = /^(?:["'\d[{]|;\s*["'\d])/.test(rest)
    ? `expected a comma between two values of a ${what}`
    : `expected a comma or the "${closing}" that ends the ${what}`;
  return { column, message };
}

/** Names what is wrong with a value that is none. */
export function valueMistake(error: SyntaxError): Mistake | undefined {
  const { line, column, reason } = error;
  if (!/value|numeric|zero|underscore|date|end-of-line|key/.test(reason)) return undefined;
  return wordMistake(error) ?? numberMistake(line, column, reason) ?? noValue(error);
}

function wordMistake({ line, column, reason }: SyntaxError): Mistake | undefined {
  const outline = outlineOf(line);
  const isInvalid = /invalid value/.test(reason);
  if (/=[\s[]*(?:true|false)\b/i.test(line) && isInvalid) {
    return { column, message: 'expected "true" or "false" in lower case' };
  }
  if (/=\s*(?:yes|no|on|off|enabled|disabled)\s*;?\s*(?:#.*)?$/i.test(line)) {
    return { column, message: 'expected "true" or "false", without quotes' };
  }
  if (/=\s*(?:null|none|nil|undefined)\s*$/i.test(outline)) {
    return { column, message: "expected a value; leave out a key that is not to be set" };
  }
  if (isInvalid && /^(?:\.\.\.|\u2026)/.test(line.slice(column - 1))) {
    return { column, message: 'expected a value: "..." stands for what was left out' };
  }
  const isBare = /=[\s[]*(?!true\b|false\b|inf\b|nan\b)[A-Za-z~/.$@*!&<|]/.test(outline) ||
    isInvalid && /^[A-Za-z~/.$@*!&<|]/.test(line.slice(column - 1));
  return isBare ? { column, message: "expected quotes around the value", hint: QUOTED } : undefined;
}

/** A number that the parser has read in part, or not at all. */
const NUMBER = /([=[,]\s*)([+-]?\d[\w.:+-]*)(\s*%|,\d+\b|\s+[A-Za-z]+)?/g;

function numberMistake(line: string, at: number, reason: string): Mistake | undefined {
  const outline = outlineOf(line);
  const numbers = [...outline.matchAll(NUMBER)];
  const found = numbers.find(({ 0: all, 1: before = "", index }) =>
    index + before.length + 1 <= at && at <= index + all.length + 1
  );
  if (found === undefined) return undefined;
  const [, before = "", digits = "", behind = ""] = found;
  const column = found.index + before.length + 1;
  if (behind.endsWith("%")) return { column, message: 'expected the number alone, without "%"' };
  // Within a list a comma divides the numbers.
  if (/^,\d/.test(behind) && before.startsWith("=")) {
    return /^,\d{3}$/.test(behind)
      ? { column, message: "expected a number without a comma in it" }
      : { column, message: 'expected "." instead of the comma in a number' };
  }
  if (/^[+-]?0\d+$/.test(digits)) {
    return { column, message: "expected a number without leading zeros" };
  }
  const after = outline.slice(found.index + before.length + digits.length);
  if (after.startsWith(";")) {
    const end = column + digits.length;
    return { column: end, message: 'expected the end of the line after the value, found ";"' };
  }
  if (/^\s+[\w.-]+\s*=/.test(after)) return undefined;
  if (/^[+-]?0[xob]|^[+-]?\d+e$/.test(digits)) return { column, message: DIGITS };
  const isQuantity = /^[\d.]+\s*[A-Za-z]+$/.test(digits + behind);
  if (isQuantity) return { column, message: "expected quotes around the value", hint: QUANTITY };
  if (
    /numeric|underscore|unfinished|integer/.test(reason) && /^[+-]?[\d._]*[._eE]?$/.test(digits)
  ) {
    return /\..*\./.test(digits)
      ? { column, message: "expected quotes around the value", hint: QUOTED }
      : undefined;
  }
  if (/numeric|date/.test(reason)) {
    return { column, message: "expected quotes around the value", hint: QUOTED };
  }
  return undefined;
}

function noValue({ line, column, reason }: SyntaxError): Mistake | undefined {
  if (!/invalid value/.test(reason)) return undefined;
  if (/=\s*(?:#.*)?$/.test(line)) return { column, message: 'expected a value after "="' };
  if (/=\s*[+-]\s*$/.test(line)) {
    return { column, message: `expected a number after "${line.charAt(column - 1)}"` };
  }
  return undefined;
}
