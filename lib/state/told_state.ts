/**
 * What people were told last of a state that lasts, so that they hear of its changes alone. One file of
 * JSON beside the spool of those who are told.
 *
 * @module
 */
import { dirname } from "node:path";
import { replaceDurably } from "../files/durable_file.ts";
import { readSmallJson } from "../files/small_file.ts";
import { isRecord } from "../text/json.ts";

/** What was told. Times are milliseconds since 1970. */
export interface Told {
  readonly state: "ok" | "warning" | "failed";
  /** What was bad, such as "offsite failed". */
  readonly bad: readonly string[];
  /** When it became bad; `null` while it is good. */
  readonly since: number | null;
  /** When it was told last. */
  readonly at: number;
}

/** Reads what was told last; `undefined` when nothing was, or the file is damaged. */
export async function readTold(path: string): Promise<Told | undefined> {
  const value = await readSmallJson(path);
  return isTold(value) ? value : undefined;
}

/** Writes down what was told; throws Deno's error when it can't be written. */
export function writeTold(path: string, told: Told): void {
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceDurably(path, `${JSON.stringify(told)}\n`, 0o600);
}

function isTold(value: unknown): value is Told {
  return isRecord(value) && ["ok", "warning", "failed"].some((state) => state === value.state) &&
    Array.isArray(value.bad) && value.bad.every((one: unknown) => typeof one === "string") &&
    (value.since === null || typeof value.since === "number") && typeof value.at === "number";
}
