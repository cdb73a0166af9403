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
  /** A value that says the same: its line is told behind the message. */
  readonly sameAs?: KeyPath;
  /** What a mistyped key was probably meant to be. */
  readonly meant?: KeyPath;
  /** Whether it is the key that is wrong, not its value. */
  readonly isKey?: boolean;
  /** Whether the system denied something, so that root may find nothing wrong. */
  readonly isDenied?: boolean;
}

/** Takes a value for a table. */
export function asTable(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
      !(value instanceof Date)
    ? { ...value }
    : undefined;
}

/** Takes a value for an array; an empty one when it is none. */
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

/** Writes a way such as `repositories[0].url`; keys that are not bare are quoted. */
export function formatPath(path: KeyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += (text === "" ? "" : ".") + (/^[\w-]+$/.test(step) ? step : JSON.stringify(step));
  }
  return text;
}

/**
 * Names a place for people, who count from 1: `url of the 2nd [[repositories]]`,
 * `sources.directories (2nd value)`. What stands in the file is not in it: a label may be a secret in
 * the wrong place.
 */
export function placeName(path: KeyPath, document: unknown): string {
  const [list, index, ...keys] = path;
  const isTable = asTable(valueAt(document, path.slice(0, 2))) !== undefined;
  if (typeof list !== "string" || typeof index !== "number" || !isTable) return keyName(path);
  const isOnly = asArray(valueAt(document, [list])).length === 1;
  const name = isOnly ? `[[${list}]]` : `the ${ordinal(index + 1)} [[${list}]]`;
  return keys.length === 0 ? name : `${keyName(keys)} of ${name}`;
}

function keyName(path: KeyPath): string {
  const keys = formatPath(path.filter((step) => typeof step === "string"));
  const counts = path.flatMap((step) => typeof step === "number" ? [ordinal(step + 1)] : []);
  return counts.length === 0 ? keys : `${keys} (${counts.join(", ")} value)`;
}

function ordinal(count: number): string {
  const [unit = ""] = /(?<!1)[123]$/.exec(String(count)) ?? [];
  return `${count}${{ 1: "st", 2: "nd", 3: "rd" }[unit] ?? "th"}`;
}

/**
 * What a value begins with that a person has not decided yet: `autoborg migrate` writes such values,
 * and nothing works with a configuration that has one, whatever the key would accept.
 */
export const FILL_IN = "FILL IN:";

/** Finds notes to replace; what follows the mark may be a secret by now and is not shown. */
export function unfilled(document: unknown, path: KeyPath = []): Problem[] {
  if (typeof document === "string") {
    if (!document.trimStart().startsWith(FILL_IN)) return [];
    return [{ path, message: `expected a value, found a note to replace ("${FILL_IN} …")` }];
  }
  return [
    ...asArray(document).flatMap((item, index) => unfilled(item, [...path, index])),
    ...Object.entries(asTable(document) ?? {}).flatMap(([key, value]) =>
      unfilled(value, [...path, key])
    ),
  ];
}
