/**
 * What the answers of services have in common: the words that say why a message was refused, and when
 * to come back. Pure.
 *
 * @module
 */
import { isRecord, parseJson, valueAt } from "../text/json.ts";

/** The keys under which services say what is wrong, the most exact one first. */
const WORDS = ["errorDescription", "description", "error", "message", "msg"] as const;

/** The value of a JSON object; empty when the text is none. */
export function objectIn(body: string): Readonly<Record<string, unknown>> {
  const value = parseJson(body);
  return isRecord(value) && !Array.isArray(value) ? value : {};
}

/** Where a group of Telegram is now that has become a supergroup. */
function newChat(object: Readonly<Record<string, unknown>>): string {
  const id = valueAt(object.parameters, "migrate_to_chat_id");
  return typeof id === "number" ? `: its chat is ${id} now` : "";
}

/** The service's own words on one line; `undefined` when it has none, or only a page for browsers. */
export function wordsOf(body: string): string | undefined {
  const object = objectIn(body);
  for (const key of WORDS) {
    const words = object[key];
    if (typeof words === "string" && words.trim() !== "") return words.trim() + newChat(object);
  }
  const text = body.trim();
  if (text === "" || /^[{[<]/.test(text)) return undefined;
  return text.split(/\r?\n/, 1)[0];
}

/**
 * How long the service wants to be left alone, in milliseconds; `undefined`: it does not say.
 *
 * @param header the value of `Retry-After`: seconds or a date
 */
export function retryAfter(header: string | null, body: string, now: Date): number | undefined {
  if (header !== null && header.trim() !== "") {
    const seconds = Number(header);
    const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now.getTime();
    if (Number.isFinite(wait)) return Math.max(0, wait);
  }
  const object = objectIn(body);
  // Matrix before it used the header, Telegram, Discord.
  if (typeof object.retry_after_ms === "number") return Math.max(0, object.retry_after_ms);
  const seconds = valueAt(object.parameters, "retry_after") ?? object.retry_after;
  return typeof seconds === "number" ? Math.max(0, seconds * 1_000) : undefined;
}
