/**
 * Reads f-strings whose braces hold nothing but names.
 *
 * @module
 */
import { readString } from "./literal.ts";
import type { Content } from "./value.ts";

/**
 * Reads an f-string.
 *
 * @param literal as it stands in the script, with prefix and quotes
 * @param scope says what a name stands for; `undefined` when that is not certain
 * @returns its text; `undefined` when it is no f-string, or has more in its braces than names of
 *   texts and whole numbers
 */
export function readFormatted(
  literal: string,
  scope: (name: string) => Content | undefined,
): string | undefined {
  const [, prefix = "", quote = "", body = ""] =
    /^(f|fr|rf)("""|'''|"|')([^]*)\2$/i.exec(literal) ?? [];
  if (quote === "") return undefined;
  const raw = prefix.replace(/f/i, "");
  let text = "";
  // Python takes doubled braces for a brace, and "\N{…}" for a character.
  for (const part of body.split(/(\{\{|\}\}|\\N\{[^}]*\}|\{[^{}]*\})/)) {
    const name = /^\{\s*([\p{ID_Start}_][\p{ID_Continue}]*)\s*\}$/u.exec(part)?.[1];
    const read = part === "{{" || part === "}}"
      ? part.charAt(0)
      : name === undefined
      ? plainText(`${raw}${quote}${part}${quote}`)
      : textOf(scope(name));
    if (read === undefined) return undefined;
    text += read;
  }
  return text;
}

function plainText(literal: string): string | undefined {
  if (/[{}]/.test(literal)) return undefined;
  const read = readString(literal);
  return read.kind === "text" ? read.text : undefined;
}

function textOf(content: Content | undefined): string | undefined {
  if (content?.kind === "text") return content.text;
  return content?.kind === "number" && content.isWhole ? String(content.value) : undefined;
}
