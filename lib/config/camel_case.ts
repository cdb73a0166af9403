/**
 * The one place where the keys of the file, such as `max_age`, become those of the program, such as
 * `maxAge`, and back again for people to read.
 * @module
 */
import type { Secret } from "../text/secret.ts";

type CamelKey<Key> = Key extends `${infer Word}_${infer Rest}`
  ? `${Word}${Capitalize<CamelKey<Rest>>}`
  : Key;

/** A value of the configuration with its keys in the program's form. */
export type CamelCase<T> = T extends Secret | string | number | boolean | undefined ? T
  : T extends readonly (infer Item)[] ? CamelCase<Item>[]
  : { [Key in keyof T as CamelKey<Key>]: CamelCase<T[Key]> };

/** Gives the keys of all tables the form that the program uses. */
export function camelCase<T>(value: T): CamelCase<T> {
  // The type says of each key what the function does with it; TypeScript can't follow a rename.
  return renamed(
    value,
    (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
  ) as CamelCase<T>;
}

/** Gives the keys of all tables the form of the file. */
export function snakeCase(value: unknown): unknown {
  return renamed(
    value,
    (key) => key.replace(/[A-Z]|(?<=[a-z])(?=\d)/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== "object" || value === null) return value;
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [rename(key), renamed(item, rename)]));
}
