/** Reads JSON of which nobody knows whether it is what it should be. Pure. @module */

/** Parses a text; `undefined` when it is not JSON. */
export function parseJson(text: string): unknown {
  // Empty: not recorded. An error costs about 10 us, and a long history has thousands of these.
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses a line that holds an object; `undefined` when it is none. */
export function parseObject(line: string): Record<string, unknown> | undefined {
  const value = line.startsWith("{") ? parseJson(line) : undefined;
  return isRecord(value) ? value : undefined;
}

/** Parses a list; an empty one when the text is none. */
export function parseList(text: string): readonly unknown[] {
  // Most lists are empty, and there are many thousands.
  if (text === "[]") return [];
  const list = parseJson(text);
  return Array.isArray(list) ? list : [];
}

/** Whether a value has fields; those of a list have numbers for names. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The value below some keys; `undefined` when one of them is missing. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (!isRecord(here)) return undefined;
    here = Object.getOwnPropertyDescriptor(here, key)?.value;
  }
  return here;
}

/** A text, if it is one. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A number, if it is one. */
export function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
