/**
 * Secrets, and how they are kept out of everything that people read.
 *
 * @module
 */

/** What stands in the place of a secret. */
export const MASK = "***";

/** Masks to choose from when a secret shares a character with {@linkcode MASK}. */
const OTHER_MASKS = ["[...]", "###", "xxx", "000", "\u2588\u2588\u2588", "\u2592\u2592\u2592"];

/**
 * A value that prints as a mask wherever it is printed by accident: in a template string, in JSON
 * and in `console.log`. Only {@linkcode Secret.reveal} gives it away.
 */
export class Secret {
  readonly #value: string;

  /** @param value the secret itself */
  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself, for the environment of the program that needs it and for nothing else. */
  reveal(): string {
    return this.#value;
  }

  /** The mask. */
  toString(): string {
    return MASK;
  }

  /** The mask. */
  toJSON(): string {
    return MASK;
  }

  /** The mask. */
  [Symbol.for("Deno.customInspect")](): string {
    return MASK;
  }

  /** The mask. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}

/** Replaces every secret in a text by a mask. */
export type Masker = (text: string) => string;

/**
 * Makes the function that every line passes before it reaches a log, a terminal or a mail.
 *
 * A secret is found as it is and in the forms in which programs repeat it: inside JSON, inside a
 * URL, and inside Python's and the shell's quotes.
 *
 * @param secrets the secrets of the run; empty ones are left alone
 * @returns a function that replaces them all; the identity when there are none
 */
export function createMasker(secrets: readonly Secret[]): Masker {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret.reveal())) forms.add(form);
  if (forms.size === 0) return (text) => text;
  // Longest first: a secret that is part of another one must not leave the rest of it behind.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  const characters = new Set(ordered.join(""));
  // A mask that shares no character with a secret can't become part of one when it is put in.
  const mask = [MASK, ...OTHER_MASKS].find((one) => ![...one].some((c) => characters.has(c))) ?? "";
  return (text) => ordered.reduce((masked, form) => masked.replaceAll(form, mask), text);
}

function formsOf(value: string): string[] {
  if (value === "") return [];
  const wellFormed = value.toWellFormed();
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    json,
    json.replaceAll("/", "\\/"),
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
    ...value.split(/\r?\n/).filter((line) => line.length >= 4),
  ];
}
