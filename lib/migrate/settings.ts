/** The settings of a script, and how their values become those of the configuration. @module */
import type { Value } from "./python.ts";

/** A setting of the script: a variable, or a key of a dict with the way into it. */
export interface Setting extends Value {
  readonly name: string;
}

/** Settings by what tells which one it is: the variable, or the key of a dict. */
export type Settings = Map<string, Setting>;

/** A value as the configuration has it. */
export type TomlValue = string | number | boolean | readonly string[];

/** Which setting becomes a key, and how; `null`: the key is left out. */
export type Row = readonly [
  form: RegExp,
  key: string,
  read: (value: Value) => TomlValue | null | undefined,
];

/** Takes out the first setting of a form. */
export function find(settings: Settings, form: RegExp): Setting | undefined {
  const word = settings.keys().find((one) => form.test(one)) ?? "";
  const setting = settings.get(word);
  settings.delete(word);
  return setting;
}

/** Whether a value means that the setting is not used. */
export function isEmpty(value: Value): boolean {
  return value.data === null || asTexts(value)?.join("") === "";
}

/** Reads a string. */
export function asText(value: Value | undefined): string | undefined {
  return typeof value?.data === "string" ? value.data : undefined;
}

/** Reads a number, or a string of digits; Borg takes every negative number for "no limit". */
export function asWhole({ data }: Value): number | undefined {
  const isNumber = typeof data === "string" ? /^-?\d{1,9}$/.test(data) : typeof data === "number";
  return isNumber ? Math.max(Number(data), -1) : undefined;
}

/** Reads a boolean; every number but zero is true in Python. */
export function asFlag({ data }: Value): boolean | undefined {
  return typeof data === "boolean" || typeof data === "number" ? Boolean(data) : undefined;
}

/** Reads several strings, or one that stands alone, without repetitions. */
export function asTexts(value: Value, read = asText): readonly string[] | undefined {
  const texts = (Array.isArray(value.data) ? value.data : [value]).map((one) => read(one));
  return texts.every((text) => text !== undefined) ? [...new Set(texts)] : undefined;
}

/** Reads a path: relative ones would be relative to another place, and nothing replaces `~`. */
export function asPath(value: Value | undefined): string | undefined {
  const path = asText(value);
  return path?.startsWith("/") ? path.replace(/(?<=.)\/+$/, "") : undefined;
}
