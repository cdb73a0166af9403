/**
 * Finds what is certainly wrong with a regular expression of Python's, in which Borg reads the
 * patterns that begin with `re:`. What is not certain is left to Borg. Pure; see
 * https://docs.python.org/3/library/re.html#regular-expression-syntax.
 *
 * @module
 */

/** What may follow "(?". */
const EXTENSION = /^\((?!\?)|^\(\?(?:[:=!>#(]|<[=!]|P[<=]|[aiLmsux-]+[:)])/;
/** What repeats what is before it; a "{" that counts nothing stands for itself. */
const QUANTIFIER = /^(?:[*+?]|\{\d*,?\d*\})(?<!\{,?\})/;
/** What may follow a backslash: Python keeps all other letters of ASCII for later. */
const ESCAPE = /^\\(?:[^A-Za-z]|[aABbdDfnNrsStuUvwWxzZ])/;

/** Says what is wrong with a regular expression; `undefined`: nothing that is certain. */
export function regexFault(source: string): string | undefined {
  // With this flag blanks and comments count for nothing.
  if (/\(\?[a-zA-Z]*x/.test(source)) return undefined;
  let depth = 0;
  let repeatable = false;
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const token = tokenOf(rest);
    if (token.fault !== undefined) return token.fault;
    at += token.length;
    switch (token.kind) {
      case "open":
        depth += 1;
        repeatable = false;
        break;
      case "close":
        if (depth === 0) return 'nothing opens the ")"';
        depth -= 1;
        repeatable = true;
        break;
      case "or":
        repeatable = false;
        break;
      case "quantifier":
        if (!repeatable) return `nothing is before the "${rest.slice(0, token.length)}" to repeat`;
        repeatable = false;
        break;
      case "aside":
        break;
      case "atom":
        repeatable = true;
    }
  }
  return depth === 0 ? undefined : 'nothing closes the "("';
}

interface Token {
  readonly kind: "open" | "close" | "or" | "quantifier" | "aside" | "atom";
  readonly length: number;
  readonly fault?: string;
}

function tokenOf(rest: string): Token {
  const [first = ""] = rest;
  switch (first) {
    case "\\":
      return escape(rest);
    case "[":
      return set(rest);
    case "(":
      return group(rest);
    case ")":
      return { kind: "close", length: 1 };
    case "|":
      return { kind: "or", length: 1 };
  }
  const [quantifier] = QUANTIFIER.exec(rest) ?? [];
  if (quantifier === undefined) return { kind: "atom", length: first.length };
  // "?" makes it lazy; "+" possessive, since Python 3.11.
  const [mode = ""] = /^[?+]/.exec(rest.slice(quantifier.length)) ?? [];
  return { kind: "quantifier", length: quantifier.length + mode.length };
}

function escape(rest: string): Token {
  if (rest === "\\") return { kind: "atom", length: 1, fault: 'nothing follows the last "\\"' };
  if (ESCAPE.test(rest)) return { kind: "atom", length: 2 };
  return { kind: "atom", length: 2, fault: `Python does not know "${rest.slice(0, 2)}"` };
}

function set(rest: string): Token {
  const [whole] = /^\[(?:\^|(?!\^))(?:\]|\\[\s\S]|[^\]\\])(?:\\[\s\S]|[^\]\\])*\]/.exec(rest) ?? [];
  if (whole === undefined) return { kind: "atom", length: 1, fault: 'nothing closes the "["' };
  return { kind: "atom", length: whole.length };
}

function group(rest: string): Token {
  if (!EXTENSION.test(rest)) {
    return { kind: "open", length: 1, fault: `Python does not know "${rest.slice(0, 4)}"` };
  }
  const [aside] = /^\(\?(?:#[^)]*|[aiLmsux]+)\)/.exec(rest) ?? [];
  if (aside !== undefined) return { kind: "aside", length: aside.length };
  if (rest.startsWith("(?#")) return { kind: "aside", length: 1, fault: 'nothing closes the "("' };
  const [start = "("] = /^\(\?(?:P<\w+>|P=\w+|<[=!]|\(\w+\)|[aiLmsux-]*:|[=!>])/.exec(rest) ?? [];
  return { kind: "open", length: start.length };
}
