/**
 * Matches paths as Borg's exclude patterns do, in all five styles; read from `patterns.py` of
 * Borg 1.2. Pure.
 *
 * A regular expression of Python's that could mean something else here is not judged at all. What
 * is judged may match more than Borg in names with line breaks, and never less.
 *
 * @module
 */
import { posix } from "node:path";

/** Says whether a pattern matches a path as Borg lists it, without a leading slash. */
type PathMatcher = (path: string) => boolean;

/**
 * Reads a pattern as `borg create --exclude` does.
 *
 * @returns `undefined` when it can't be judged
 */
export function matcherOf(pattern: string): PathMatcher | undefined {
  const [, style = "fm", text = ""] = /^(?:(fm|sh|re|pp|pf):)?(.*)$/s.exec(pattern) ?? [];
  switch (style) {
    case "pf": {
      const whole = relative(normal(text));
      return (path) => path === whole;
    }
    case "pp": {
      const prefix = relative(`${normal(text).replace(/\/+$/, "")}/`);
      return (path) => `${path}/`.startsWith(prefix);
    }
    case "re":
      return matching(fromPython(text), (path) => path);
    default: {
      const [inside, below] = style === "sh" ? ["**/*/", "**/*"] : ["*/", "*"];
      const end = text.endsWith("/") ? inside : below;
      const whole = relative(`${normal(text).replace(/\/+$/, "")}/${end}`);
      return matching(`^${fromGlob(whole, style === "sh")}$`, (path) => `${path}/`);
    }
  }
}

function matching(
  source: string | undefined,
  subject: (path: string) => string,
): PathMatcher | undefined {
  if (source === undefined) return undefined;
  try {
    const expression = new RegExp(source, "su");
    return (path) => expression.test(subject(path));
  } catch {
    return undefined;
  }
}

/** As Python normalises paths. */
function normal(path: string): string {
  return path === "" ? "." : posix.normalize(path).replace(/(?<=.)\/+$/, "");
}

function relative(path: string): string {
  return path.replace(/^\/+/, "");
}

/** A bracket that comes first in a set is one of its members, as in "[]]" and "[!]]"; "[!]" is no set. */
const SET = /^\[(!|(?!!))(\][^\]]*|[^\]]+)\]/s;

/** With `steps` a wildcard stays within one component, and `**` crosses them. */
function fromGlob(glob: string, steps: boolean): string {
  let source = "";
  for (let at = 0; at < glob.length;) {
    const rest = glob.slice(at);
    const [set = "", negation = "", members = ""] = SET.exec(rest) ?? [];
    if (steps && rest.startsWith("**/")) {
      source += "(?:[^/]*/)*";
      at += 3;
    } else if (set !== "") {
      source += `[${negation === "" ? "" : "^"}${members.replace(/[\\\]^[]/g, "\\$&")}]`;
      at += set.length;
    } else {
      const [character = ""] = rest;
      source += globCharacter(character, steps);
      at += character.length;
    }
  }
  return source;
}

function globCharacter(character: string, steps: boolean): string {
  if (character === "*") return steps ? "[^/]*" : ".*";
  if (character === "?") return steps ? "[^/]" : ".";
  return escaped(character);
}

function escaped(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

/** Letters behind a backslash that mean the same in Python and here, or have a like. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["n", "t", "r", "f", "v", "s", "S"].map((letter) => [letter, `\\${letter}`]),
  ),
  d: "\\p{Nd}",
  D: "\\P{Nd}",
};

/** Translates what is the same in both languages; `undefined` for all that may not be. */
function fromPython(expression: string): string | undefined {
  let source = "";
  let inClass = false;
  for (let at = 0; at < expression.length;) {
    const [token = ""] = /^(?:\\.|\(\?P?<(?![=!])|\(\?(?:<?[=!]|:)?|\[\^?\]?|[^])/su
      .exec(expression.slice(at)) ?? [];
    const translated = inClass ? inSet(token) : outsideSet(token);
    if (translated === undefined) return undefined;
    const taken = inClass && token.length > 1 && token.startsWith("[") ? "[" : token;
    source += taken === token ? translated : "\\[";
    if (!inClass && token.startsWith("[")) inClass = true;
    else if (inClass && token === "]") inClass = false;
    at += taken.length;
  }
  return source;
}

function outsideSet(token: string): string | undefined {
  if (token.startsWith("\\")) {
    const character = token.slice(1);
    if (character === "A") return "^";
    if (character === "Z") return "$";
    if (character === "w") return "[\\p{L}\\p{N}_]";
    return /^[A-Za-z0-9]$/.test(character) ? ESCAPES[character] : escaped(character);
  }
  if (token.startsWith("(?")) return /^\(\?(?:<?[=!]|:)$/.test(token) ? token : undefined;
  // A bracket that comes first in a set is one of its members in Python.
  return token.endsWith("]") && token !== "]" ? `${token.slice(0, -1)}\\]` : token;
}

function inSet(token: string): string | undefined {
  if (token.startsWith("\\")) {
    const character = token.slice(1);
    if (character === "w") return "\\p{L}\\p{N}_";
    if (/^[A-Za-z0-9]$/.test(character)) return ESCAPES[character];
    return /[\\\]^[-]/.test(character) ? `\\${character}` : character;
  }
  return token === "[" ? "\\[" : token;
}
