/** Why reports could not be delivered, kept for `autoborg status`. @module */
import { replaceDurably } from "../files/durable_file.ts";
import { readSmallText } from "../files/small_file.ts";

/** Why a report could not be delivered. */
export interface DeliveryFailure {
  readonly at: Date;
  /** A sentence without a full stop, free of secrets. */
  readonly reason: string;
}

/** Writes the note; throws Deno's error when it can't be written. */
export function writeFailure(path: string, { at, reason }: DeliveryFailure): void {
  replaceDurably(path, `${JSON.stringify({ at: at.toISOString(), reason })}\n`, 0o600);
}

/** Reads the note; `undefined` when there is none or it is damaged. */
export async function readFailure(path: string): Promise<DeliveryFailure | undefined> {
  try {
    const value: unknown = JSON.parse(await readSmallText(path));
    return isFailure(value) ? { at: new Date(value.at), reason: value.reason } : undefined;
  } catch {
    return undefined;
  }
}

function isFailure(value: unknown): value is { readonly at: string; readonly reason: string } {
  return typeof value === "object" && value !== null && "at" in value && "reason" in value &&
    typeof value.at === "string" && !Number.isNaN(Date.parse(value.at)) &&
    typeof value.reason === "string";
}
