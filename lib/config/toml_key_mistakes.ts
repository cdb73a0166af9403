/** Mistakes in what stands before a value: comments, tables, keys and what divides them. Pure. @module */
import { type Mistake, openBracket, outlineOf, type SyntaxError } from "./toml_mistake.ts";

/** How other languages begin a comment. */
const COMMENT = /^\s*(--|\/\/|\/\*|;|%|<!--|REM\b)/i;
/** What people copy together with the lines for a file. */
const SHELL = /^\s*(?:(?:export|set|sudo|cat|echo|source|tee)\s+[^\s=]|\$\s+\S|EOF\s*$)/;
/** What other languages write between a key and its value. */
const DIVIDER = /^(\s*[\w.-]+\s*)(:=|==|=>|->|<-|=\s+=|:)/;

/** Names what is wrong with a line that does not begin as TOML does. */
export function keyMistake(error: SyntaxError): Mistake | undefined {
  const { line, reason } = error;
  // Within a list or a table of several lines there are no keys to judge.
  if (openBracket({ ...error, column: 1 }) !== undefined) return undefined;
  if (/redefine|end-of-line|escape/.test(reason)) return undefined;
  return beginning(line) ?? header(error) ?? divider(error) ?? key(error);
}

/** Names the line of a key or table that stands here once more; the file's words are not shown. */
export function repeatedMistake({ line, column, reason, above }: SyntaxError): Mistake | undefined {
  if (!/redefine/.test(reason)) return undefined;
  const header = headerIn(line);
  if (header !== undefined) {
    const first = above.findIndex((one) => headerIn(one) === header);
    const where = first === -1 ? "" : `, in line ${first + 1}`;
    return {
      column,
      message: `this table is already above${where}: expected it only once; write all its ` +
        "keys below the first one",
    };
  }
  // A key is repeated within its table, not in another one.
  const key = keyIn(line);
  const start = above.findLastIndex((one) => headerIn(one) !== undefined) + 1;
  const first = key === undefined ? -1 : above.slice(start).findIndex((one) => keyIn(one) === key);
  const where = first === -1 ? "" : `, in line ${start + first + 1}`;
  return { column, message: `this key is set above already${where}: expected it only once` };
}

function headerIn(line: string): string | undefined {
  return /^\s*(\[+[^\]]*\]+)\s*(?:#.*)?$/.exec(line)?.[1]?.replaceAll(/\s/g, "");
}

function keyIn(line: string): string | undefined {
  return /^\s*([\w.-]+|"[^"]*"|'[^']*')\s*=/.exec(line)?.[1];
}

function beginning(line: string): Mistake | undefined {
  const at = /\S/.exec(line)?.index ?? 0;
  const column = at + 1;
  if (/^(?:<{7}|={7}|>{7})(?:\s|$)/.test(line)) {
    return { column, message: "expected one version of the file, found a merge conflict" };
  }
  const other = line.startsWith("{")
    ? "JSON"
    : /^\s*<[!?a-z]/i.test(line)
    ? "HTML or XML"
    : undefined;
  if (other !== undefined && !line.startsWith("<!--")) {
    return { column, message: `expected TOML, such as key = "value", found ${other}` };
  }
  if (SHELL.test(line)) {
    return {
      column,
      message: 'expected TOML, such as key = "value", found a command of the shell',
    };
  }
  if (/^---\s*$/.test(line)) {
    return { column, message: 'expected TOML, such as key = "value", found the beginning of YAML' };
  }
  if (/^\s*-\s+\S/.test(line)) {
    return {
      column,
      message: 'expected a list such as key = ["/etc", "/home"], found an item of YAML',
    };
  }
  const [, comment] = COMMENT.exec(line) ?? [];
  if (comment === undefined) return undefined;
  return { column, message: `expected "#" at the beginning of a comment, found "${comment}"` };
}

function header({ line, column }: SyntaxError): Mistake | undefined {
  const [, brackets] = /^\s*(\[\[?)/.exec(line) ?? [];
  if (brackets === undefined) return undefined;
  if (/^\s*\[+\s*(?:\]|$)|\.\s*(?:\]|\.|$)|^\s*\[+\s*\./.test(line)) {
    return { column, message: "expected the name of a table between the brackets" };
  }
  const closing = brackets === "[[" ? "]]" : "]";
  return { column, message: `expected "${closing}" after the name of the table` };
}

function divider({ line, column, below }: SyntaxError): Mistake | undefined {
  const [, before, found] = DIVIDER.exec(line) ?? [];
  if (before === undefined || found === undefined || column < before.length) return undefined;
  const at = before.length + 1;
  const rest = line.slice(before.length + found.length);
  if (found === ":" && /^\s*(?:#.*)?$/.test(rest)) {
    return /^\s*-\s/.test(below)
      ? { column: at, message: 'expected a list such as key = ["/etc", "/home"], found YAML' }
      : {
        column: at,
        message: 'expected "[" and "]" around the name of a table, found ":" after it',
      };
  }
  return { column: at, message: `expected "=" between the key and its value, found "${found}"` };
}

function key({ line, column, reason }: SyntaxError): Mistake | undefined {
  const outline = outlineOf(line);
  const at = (/\S/.exec(line)?.index ?? 0) + 1;
  if (/^\s*=/.test(outline)) return { column: at, message: 'expected a key before "="' };
  if (!/\bkey\b|key-value/.test(reason)) return undefined;
  if (/^\s*["'/\d]/.test(outline) && !outline.includes("=")) {
    return { column: at, message: 'expected a key and "=" before the value' };
  }
  // What stands behind "=" is the value's.
  const equals = outline.indexOf("=");
  if (equals !== -1 && column > equals) return undefined;
  if (/^\s*[\w.-]+(?:[ \t]+[\w.-]+)+\s*=/.test(outline)) {
    return { column, message: 'expected one word before "=": a key has no spaces' };
  }
  if (/^\s*[\w.-]+\s*$/.test(line.slice(0, column - 1)) || /^\s*[\w.-]+\s*$/.test(outline)) {
    return {
      column: /^\s*[\w.-]+\s*$/.test(outline) ? outline.trimEnd().length + 1 : column,
      message: 'expected "=" and a value after the key',
    };
  }
  return { column, message: "expected a key of letters, digits, hyphens and underscores" };
}
