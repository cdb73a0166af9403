/**
 * Why no mail could be sent the last time: what `autoborg status` says of it.
 *
 * @module
 */
import { removeDurably, replaceDurably } from "../files/durable_file.ts";
import { readSmallText } from "../files/small_file.ts";

/** Why the last mail was not sent. */
export interface MailFailure {
  readonly at: Date;
  /** A sentence without a full stop, free of secrets. */
  readonly reason: string;
}

/**
 * Writes it down.
 *
 * @param failure why; `undefined` removes the file
 * @throws {Error} Deno's own, when it can't be written
 */
export function writeFailure(path: string, failure: MailFailure | undefined): void {
  if (failure === undefined) {
    removeDurably(path);
    return;
  }
  const { at, reason } = failure;
  replaceDurably(path, `${JSON.stringify({ at: at.toISOString(), reason })}\n`, 0o600);
}

/**
 * Reads it.
 *
 * @returns why; `undefined` when there is no such file
 */
export async function readFailure(path: string): Promise<MailFailure | undefined> {
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
