/**
 * A table of the configuration while it is being made, and what a person must know about it.
 *
 * @module
 */
import type { z } from "zod";
import type { Entry, TomlTable, TomlValue } from "./toml.ts";

/** Something that a person must look at. */
export interface Point {
  /** The line of the script; absent when it is about something that is not there. */
  readonly line: number | undefined;
  /** A statement without a full stop. */
  readonly message: string;
  /** Whether a setting of the script is missing in the configuration because of it. */
  readonly isUnread: boolean;
}

/** A value of the script and where it is from. */
export interface Taken<Type> {
  /** The variable, or the way into it, as a message names it. */
  readonly name: string;
  readonly line: number;
  readonly value: Type;
}

/** A table that is being made. */
export class Draft implements TomlTable {
  readonly entries: Entry[] = [];
  /** Whether all of it is only shown, as a comment. */
  isOff = false;
  readonly #points: Point[];

  /**
   * @param header such as `[mail]`
   * @param points collects what a person must look at
   */
  constructor(readonly header: string, points: Point[]) {
    this.#points = points;
  }

  /** Whether it has a key that is not only shown. */
  get hasKeys(): boolean {
    return !this.isOff && this.entries.some((entry) => entry.kind === "key" && !entry.isOff);
  }

  /**
   * Sets a key.
   *
   * @param key the key
   * @param value its value; must be valid
   * @param from where it is from
   */
  set(key: string, value: TomlValue, from?: Taken<unknown>): void {
    const origin = from === undefined ? undefined : originOf(from);
    this.entries.push({ kind: "key", key, value, origin, isOff: false });
  }

  /** Shows a key as a comment, for a person to fill in. */
  show(key: string, value: TomlValue): void {
    this.entries.push({ kind: "key", key, value, origin: undefined, isOff: true });
  }

  /**
   * Sets a key to a value of the script, if the configuration can have it.
   *
   * @param key the key
   * @param schema what the configuration allows
   * @param taken the value
   * @returns whether it was set
   */
  take(key: string, schema: z.ZodType, taken: Taken<TomlValue> | undefined): boolean {
    if (taken === undefined) return false;
    const refusal = refusalOf(schema, taken.value);
    if (refusal === undefined) this.set(key, taken.value, taken);
    else this.unread(taken.line, `${taken.name} is not taken over: ${refusal}`);
    return refusal === undefined;
  }

  /** Says something that needs no look. */
  remark(text: string): void {
    this.entries.push({ kind: "remark", text });
  }

  /** Says what a person must look at, although everything was read. */
  look(line: number | undefined, message: string): void {
    this.#point({ line, message, isUnread: false });
  }

  /** Says which setting of the script is missing in the configuration. */
  unread(line: number | undefined, message: string): void {
    this.#point({ line, message, isUnread: true });
  }

  #point(point: Point): void {
    this.#points.push(point);
    const text = point.line === undefined ? point.message : `line ${point.line}: ${point.message}`;
    this.entries.push({ kind: "look", text });
  }
}

/**
 * Says why the configuration can't have a value.
 *
 * @param schema what it allows
 * @param value the value; it is not shown
 * @returns a statement such as "expected a whole number"; `undefined` when it can
 */
export function refusalOf(schema: z.ZodType, value: unknown): string | undefined {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const isStatement = issue.code === "custom" && issue.params?.statement === true;
  return isStatement ? issue.message : `expected ${issue.message}`;
}

/** In a repository the key alone: the table says which repository it is. */
function originOf({ name, line }: Taken<unknown>): string {
  const [, key] = /\["([^"\\]*)"\]$/.exec(name) ?? [];
  return `${key ?? name}, line ${line}`;
}
