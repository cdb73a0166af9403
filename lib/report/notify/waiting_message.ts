/** Reads a message that waited in the spool. @module */
import type { ChannelMessage, MessageLine } from "../../channels/channel.ts";

/** Reads what is in the file; `undefined`: it is no message, such as one of a later version. */
export function parseMessage(bytes: Uint8Array | undefined): ChannelMessage | undefined {
  if (bytes === undefined) return undefined;
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return isMessage(value) ? value : undefined;
}

function isMessage(value: unknown): value is ChannelMessage {
  if (typeof value !== "object" || value === null) return false;
  const found: Readonly<Record<string, unknown>> = { ...value };
  const isText = (key: string) => typeof found[key] === "string";
  return ["id", "event", "name", "hostname", "at", "title"].every(isText) &&
    ["ok", "warning", "failed"].some((state) => state === found.state) &&
    typeof found.exitCode === "number" &&
    ["link", "log", "runId"].every((key) => found[key] === null || isText(key)) &&
    Array.isArray(found.lines) && found.lines.every(isLine);
}

function isLine(value: unknown): value is MessageLine {
  return typeof value === "object" && value !== null &&
    "label" in value && typeof value.label === "string" &&
    "text" in value && typeof value.text === "string";
}
