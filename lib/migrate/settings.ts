/**
 * The settings of a script, and how their values become those of the configuration.
 *
 * @module
 */
import type { Change } from "./changes.ts";
import type { Script, Value } from "./script.ts";

/** A setting of the script. */
export interface Setting {
  /** The variable, or the way into it. */
  readonly name: string;
  readonly value: Value;
}

/** Finds the first setting whose name has a form, and that was not found before. */
export type FindSetting = (form: RegExp) => Setting | undefined;

/** Finds the variables of a script, each with the value that it certainly has. */
export function settingsOf(script: Script, changes: readonly Change[]): readonly Setting[] {
  const names = new Set([...script.assignments, ...changes].flatMap(({ name }) => name ?? []));
  const inDicts = script.assignments.flatMap(({ name: dict, value }) =>
    (value.kind === "dict" ? value.entries : []).flatMap(([key]) => {
      const reason = `is in the dict ${dict}`;
      const [name, unread] = [asText(key), { kind: "unread", line: key.line, reason } as const];
      return name === undefined || names.has(name) ? [] : [{ name, value: unread }];
    })
  );
  return [
    ...[...names].map((name) => ({ name, value: valueOf(name, script, changes) })),
    ...inDicts,
  ];
}

/** The value of the last assignment, unless something may change it afterwards. */
function valueOf(name: string, { assignments, lineAt }: Script, changes: readonly Change[]): Value {
  const last = assignments.findLast((one) => one.name === name);
  const isMutable = /^(?:list|dict)$/.test(last?.value.kind ?? "");
  const change = changes.find((one) =>
    (one.name ?? name) === name && (isMutable || !one.isIndirect) &&
    (one.isLasting || one.at > (last?.to ?? -1))
  );
  if (change === undefined && last !== undefined) return last.value;
  const { at, reason } = change ?? { at: 0, reason: "is set in an unknown place" };
  return { kind: "unread", line: lineAt(at), reason };
}

/** The first part of a value that is no literal. */
export function unreadPart(value: Value): { line: number; reason: string } | undefined {
  if (value.kind === "unread") return value;
  if (value.kind === "file") return { line: value.line, reason: "is read from a file" };
  const parts = value.kind === "list" ? value.items : value.kind === "dict" ? value.entries : [];
  return parts.flat().map(unreadPart).find((part) => part !== undefined);
}

/** Whether a value means that the setting is not used. */
export function isEmpty(value: Value): boolean {
  return value.kind === "none" || asTexts(value)?.join("") === "";
}

/** Reads a string. */
export function asText(value: Value | undefined): string | undefined {
  return value?.kind === "text" ? value.text : undefined;
}

/** Reads a number, or a string of digits; Borg takes every negative number for "no limit". */
export function asWhole(value: Value): number | undefined {
  const isDigits = /^-?\d{1,9}$/.test(asText(value) ?? "");
  const number = value.kind === "number"
    ? value.value
    : isDigits
    ? Number(asText(value))
    : undefined;
  return number === undefined ? undefined : Math.max(number, -1);
}

/** Reads a boolean; every number but zero is true in Python. */
export function asFlag(value: Value): boolean | undefined {
  if (value.kind === "boolean") return value.value;
  return value.kind === "number" ? value.value !== 0 : undefined;
}

/** Reads several strings, or one that stands alone, without repetitions. */
export function asTexts(value: Value, read = asText): readonly string[] | undefined {
  const texts = (value.kind === "list" ? value.items : [value]).map(read);
  return texts.every((text) => text !== undefined) ? [...new Set(texts)] : undefined;
}

/** Reads a path: relative ones would be relative to another place, and nothing replaces `~`. */
export function asPath(value: Value | undefined): string | undefined {
  const path = asText(value);
  return path?.startsWith("/") ? path.replace(/(?<=.)\/+$/, "") : undefined;
}

/** Reads several paths. */
export function asPaths(value: Value): readonly string[] | undefined {
  return asTexts(value, asPath);
}
