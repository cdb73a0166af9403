/**
 * Globs as Borg's `sh:` patterns have them: `*` and `?` stop at a slash, `**` followed by a slash
 * stands for any directories or none, `[abc]` and `[!abc]` for one character. Pure.
 *
 * They are translated to regular expressions that Python and JavaScript read alike, so that Borg and
 * we agree on what matches.
 *
 * @module
 */

/** Characters that mean something in a regular expression. */
const SPECIAL = /[\\^$.|?*+()[\]{}/]/g;

/** Whether a text could be a glob. */
export function looksLikeGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Translates a glob to a regular expression for the whole path, without anchors. */
function globBody(glob: string): string {
  let body = "";
  for (let rest = glob; rest !== "";) {
    const { length, expression } = nextPart(rest);
    body += expression;
    rest = rest.slice(length);
  }
  return body;
}

/**
 * Makes a regular expression for Borg of a glob without a leading slash. It matches whole paths, and
 * with `below` also everything below them.
 */
export function pythonPattern(glob: string, below: boolean): string {
  return `(?s)\\A${globBody(glob)}${below ? "(?:/.*)?" : ""}\\Z`;
}

/** The same as {@linkcode pythonPattern} for us. */
export function globRegExp(glob: string, below: boolean): RegExp {
  return new RegExp(`^${globBody(glob)}${below ? "(?:/.*)?" : ""}$`, "su");
}

/** Reads the first part of a glob that is not empty. */
function nextPart(rest: string): { readonly length: number; readonly expression: string } {
  if (rest.startsWith("**/")) return { length: 3, expression: "(?:[^/]*/)*" };
  const stars = /^\*+/.exec(rest);
  if (stars !== null) {
    // Two stars that end the glob are meant for everything below, as most programs have it.
    const all = rest === "**";
    return { length: stars[0].length, expression: all ? ".*" : "[^/]*" };
  }
  if (rest.startsWith("?")) return { length: 1, expression: "[^/]" };
  const set = /^\[(!?)(\]?[^\]]*)\]/su.exec(rest);
  if (set !== null && set[2] !== "") return { length: set[0].length, expression: setOf(set) };
  const [character = ""] = rest;
  return { length: character.length, expression: character.replace(SPECIAL, "\\$&") };
}

/** One character of a set; "-" between two others makes a range. */
function setOf([, not = "", members = ""]: RegExpExecArray): string {
  const parts = [...members.matchAll(/([^-])-([^-])|./gsu)].map(([part, from, to]) => {
    if (from === undefined || to === undefined) return inSet(part);
    // A range that runs backwards holds nothing, and would be a mistake in a regular expression.
    return from <= to ? `${inSet(from)}-${inSet(to)}` : "";
  });
  const inside = parts.join("");
  if (inside === "") return not === "" ? "(?!)" : "[^/]";
  return not === "" ? `[${inside}]` : `[^/${inside}]`;
}

function inSet(character: string): string {
  if (character === "/" || /[\\\]^[-]/.test(character)) return `\\${character}`;
  // Python warns of doubled signs that may mean sets of sets one day.
  return /[&~|]/.test(character) ? `\\x${character.charCodeAt(0).toString(16)}` : character;
}

/**
 * Whether a path or glob may match something in a place, the place itself included; both as archives
 * have them, the place "" being the root directory.
 */
export function mayMeet(place: string, glob: string): boolean {
  if (place === "") return true;
  const parts = glob.split("/");
  for (const [index, name] of place.split("/").entries()) {
    const part = parts[index];
    // What lies above a place stands for all that is below it.
    if (part === undefined || part === "**") return true;
    if (!globRegExp(part, false).test(name)) return false;
  }
  return true;
}
