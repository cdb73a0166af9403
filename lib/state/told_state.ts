/**
 * What people were told last of a state that lasts, so that they hear of its changes alone. One file of
 * JSON beside the spool of those who are told.
 *
 * @module
 */
import { dirname } from "node:path";
import { replaceDurably } from "../files/durable_file.ts";
import { readSmallText } from "../files/small_file.ts";

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
  try {
    const value: unknown = JSON.parse(await readSmallText(path));
    return isTold(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Writes down what was told; throws Deno's error when it can't be written. */
export function writeTold(path: string, told: Told): void {
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceDurably(path, `${JSON.stringify(told)}\n`, 0o600);
}

function isTold(value: unknown): value is Told {
  return typeof value === "object" && value !== null &&
    "state" in value && ["ok", "warning", "failed"].some((state) => state === value.state) &&
    "bad" in value && Array.isArray(value.bad) &&
    value.bad.every((one: unknown) => typeof one === "string") &&
    "since" in value && (value.since === null || typeof value.since === "number") &&
    "at" in value && typeof value.at === "number";
}
