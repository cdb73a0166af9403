/** Why reports could not be delivered, kept for `autoborg status`. @module */
import { replaceDurably } from "../files/durable_file.ts";
import { readSmallJson } from "../files/small_file.ts";
import { isRecord } from "../text/json.ts";

/** Why a report could not be delivered. */
export interface DeliveryFailure {
  readonly at: Date;
  /** A sentence without a full stop, free of secrets. */
  readonly reason: string;
  /** Until when nothing should be sent, as the service asked for. */
  readonly until?: Date;
}

/** Writes the note; throws Deno's error when it can't be written. */
export function writeFailure(path: string, { at, reason, until }: DeliveryFailure): void {
  const text = JSON.stringify({ at: at.toISOString(), reason, until: until?.toISOString() });
  replaceDurably(path, `${text}\n`, 0o600);
}

/** Reads the note; `undefined` when there is none or it is damaged. */
export async function readFailure(path: string): Promise<DeliveryFailure | undefined> {
  const value = await readSmallJson(path);
  if (!isRecord(value) || !isTime(value.at) || typeof value.reason !== "string") return undefined;
  const failure = { at: new Date(value.at), reason: value.reason };
  return isTime(value.until) ? { ...failure, until: new Date(value.until) } : failure;
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
