/** Reads a message that waited in the spool. @module */
import type { ChannelMessage, MessageLine } from "../../channels/channel.ts";
import { isRecord } from "../../text/json.ts";

/** Reads what is in the file; `undefined`: it is no message, such as one of a later version. */
export function parseMessage(bytes: Uint8Array | undefined): ChannelMessage | undefined {
  if (bytes === undefined) return undefined;
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return isMessage(value) ? value : undefined;
}

function isMessage(value: unknown): value is ChannelMessage {
  if (!isRecord(value)) return false;
  const isText = (key: string) => typeof value[key] === "string";
  return ["id", "event", "name", "hostname", "at", "title"].every(isText) &&
    ["ok", "warning", "failed"].some((state) => state === value.state) &&
    typeof value.exitCode === "number" &&
    ["link", "log", "runId"].every((key) => value[key] === null || isText(key)) &&
    Array.isArray(value.lines) && value.lines.every(isLine);
}

function isLine(value: unknown): value is MessageLine {
  return isRecord(value) && typeof value.label === "string" && typeof value.text === "string";
}
