/**
 * Values of Python, as far as they can be known without running a script.
 *
 * @module
 */
import type { Token } from "./tokens.ts";

/** What a value is, without its place. */
export type Content =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly isWhole: boolean; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "none" }
  | {
    readonly kind: "sequence";
    readonly form: "list" | "tuple" | "set";
    readonly items: readonly Value[];
  }
  | { readonly kind: "mapping"; readonly entries: readonly Entry[] }
  | {
    /** Only a run of the script would tell. */
    readonly kind: "unread";
    /** What stands in the script, in one line, without what its strings hold. */
    readonly source: string;
  };

/** A value and where it stands. */
export type Value = Content & {
  /** From 1. */
  readonly line: number;
};

/** One entry of a dict. */
export interface Entry {
  readonly key: Value;
  readonly value: Value;
}

/** How much of an expression that can't be read is shown. */
const LONGEST = 70;

/**
 * Writes tokens in one line for a message. What strings hold is left out: it may be a secret.
 *
 * @param tokens neighbours in a script
 * @returns such as `os.path.join(BASE, "…")`
 */
export function shownSource(tokens: readonly Token[]): string {
  let text = "";
  for (const [index, token] of tokens.entries()) {
    if (index > 0 && token.apart) text += " ";
    text += /^[A-Za-z]*["']/.test(token.text) ? hidden(token) : token.text;
    if (text.length > LONGEST) return `${text.slice(0, LONGEST)}…`;
  }
  return text;
}

function hidden({ kind, text: literal }: Token): string {
  const [, prefix = "", quote = ""] = /^([A-Za-z]*)("""|'''|["'])/.exec(literal) ?? [];
  // A string that is never closed.
  if (kind !== "string") return `${prefix}${quote}…`;
  return /^[A-Za-z]*(["'])\1?$/.test(literal) ? literal : `${prefix}"…"`;
}

/**
 * Says what a value is, without giving it away.
 *
 * @param value any value
 * @returns such as "a list"
 */
export function kindOf(value: Content): string {
  switch (value.kind) {
    case "text":
      return value.text === "" ? "an empty string" : "a string";
    case "number":
      return "a number";
    case "boolean":
      return value.value ? "True" : "False";
    case "none":
      return "None";
    case "sequence":
      return `a ${value.form}`;
    case "mapping":
      return "a dict";
    case "unread":
      return "an expression";
  }
}
