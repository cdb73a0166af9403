/** Secrets, and how they are kept out of everything that people read. @module */

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
  readonly #origin: string;

  /** @param origin where it was found, such as `the file "/etc/secret"` */
  constructor(value: string, origin = "the configuration file") {
    this.#value = value;
    this.#origin = origin;
  }

  /** Where it was found. */
  get origin(): string {
    return this.#origin;
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
 * @param secrets the secrets of the run; empty ones are ignored
 */
export function createMasker(secrets: readonly Secret[]): Masker {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret.reveal())) forms.add(form);
  if (forms.size === 0) return (text) => text;
  const all = [...forms];
  const characters = new Set(all.join(""));
  // A mask that shares no character with a secret can't become part of one when it is put in.
  const mask = [MASK, ...OTHER_MASKS].find((one) => ![...one].some((c) => characters.has(c))) ?? "";
  return (text) => {
    let masked = maskOnce(text, all, mask);
    // Without a mask between them, the texts around a secret may form another one.
    while (mask === "" && all.some((form) => masked.includes(form))) {
      masked = maskOnce(masked, all, mask);
    }
    return masked;
  };
}

/**
 * Writes a value as JSON with the secrets in its texts masked. A secret like `1` or `path` in the
 * whole JSON would be found in numbers and keys, too, and break it.
 *
 * @param indent how many spaces a level is indented by; one line when left out
 */
export function maskedJson(value: unknown, mask: Masker, indent?: number): string {
  const maskText = (_key: string, inner: unknown) =>
    typeof inner === "string" ? mask(inner) : inner;
  return JSON.stringify(value, maskText, indent);
}

/** Replaces each stretch of a text that secrets cover, so that overlapping ones leave no rest. */
function maskOnce(text: string, forms: readonly string[], mask: string): string {
  const found: { readonly start: number; readonly end: number }[] = [];
  for (const form of forms) {
    for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
      found.push({ start, end: start + form.length });
    }
  }
  if (found.length === 0) return text;
  let masked = "";
  let done = 0;
  for (const { start, end } of found.sort((a, b) => a.start - b.start)) {
    // One that begins inside of the stretch before only makes it longer.
    if (start >= done) masked += text.slice(done, start) + mask;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

function formsOf(value: string): string[] {
  if (value === "") return [];
  const wellFormed = value.toWellFormed();
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    json,
    json.replaceAll("/", "\\/"),
    json.replace(/[\x80-\uffff]/g, asciiEscape),
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
    ...value.split(/\r?\n/).filter((line) => line.length >= 4),
  ];
}

/** As Python's JSON writes what is not ASCII. */
function asciiEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
