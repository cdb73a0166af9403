/** Reads the JSON that Borg prints. @module */
import { isRecord } from "../text/record.ts";

/** Parses a text; `undefined` when it is not JSON. */
export function parseJson(text: string): unknown {
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

/** The value below some keys; `undefined` when one of them is missing. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (!isRecord(here)) return undefined;
    here = Object.getOwnPropertyDescriptor(here, key)?.value;
  }
  return here;
}
