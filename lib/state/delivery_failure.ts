/** Why reports could not be delivered, kept for `autoborg status`. @module */
import { replaceDurably } from "../files/durable_file.ts";
import { readSmallText } from "../files/small_file.ts";

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
  try {
    const value: unknown = JSON.parse(await readSmallText(path));
    if (!isFailure(value)) return undefined;
    const failure = { at: new Date(value.at), reason: value.reason };
    return "until" in value && isTime(value.until)
      ? { ...failure, until: new Date(value.until) }
      : failure;
  } catch {
    return undefined;
  }
}

function isFailure(value: unknown): value is { readonly at: string; readonly reason: string } {
  return typeof value === "object" && value !== null && "at" in value && "reason" in value &&
    isTime(value.at) && typeof value.reason === "string";
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
