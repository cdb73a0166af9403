/** What may be wrong with a configuration, before it is known where in the file that is. @module */

/** The way to a value: keys of tables and indexes of arrays. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong. */
export interface Problem {
  /** The value or key that it is about. */
  readonly path: KeyPath;
  /** What is wrong, without a full stop; never with a secret in it. */
  readonly message: string;
  /** Keys whose absence is the problem: it falls away when one of them is only mistyped. */
  readonly absent?: readonly KeyPath[];
  /** What a mistyped key was probably meant to be. */
  readonly meant?: KeyPath;
  /** Whether it is the key that is wrong, not its value. */
  readonly isKey?: boolean;
}

/** Takes a value for a table. */
export function asTable(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
      !(value instanceof Date)
    ? { ...value }
    : undefined;
}

/**
 * Takes a value for an array.
 *
 * @returns the array; an empty one when the value is none
 */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Follows a way through a document. */
export function valueAt(document: unknown, path: KeyPath): unknown {
  let value = document;
  for (const step of path) {
    if (typeof step === "number") value = asArray(value)[step];
    else value = asTable(value)?.[step];
  }
  return value;
}

/**
 * Writes a way as people write it.
 *
 * @returns for example `repositories[0].url`; keys that are not bare are quoted
 */
export function formatPath(path: KeyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += (text === "" ? "" : ".") + (/^[\w-]+$/.test(step) ? step : JSON.stringify(step));
  }
  return text;
}
