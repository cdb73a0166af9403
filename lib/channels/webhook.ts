/**
 * The JSON of docs/reference/json.md for programs, signed when there is a key; or a text of the
 * administrator's own, in which a few words are replaced.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { ChannelMessage, Service } from "./channel.ts";
import { PLAIN } from "./message_text.ts";

/** What may stand in `body`, each in braces. */
export const PLACEHOLDERS = [
  "state",
  "title",
  "text",
  "name",
  "hostname",
  "run",
  "time",
  "link",
] as const;

/** A webhook: the signature is that of docs/reference/json.md. */
export const WEBHOOK: Service = {
  title: "webhook",
  documentation: "https://datatracker.ietf.org/doc/html/rfc2104",
  keys: {
    url: "required",
    token: "optional",
    method: "optional",
    headers: "optional",
    body: "optional",
  },
  isHeartbeat: false,
  when: "always",
  style: PLAIN,
  limit: { most: 8_000, unit: "characters" },
  blame: { 401: "headers", 403: "headers", 404: "url", 405: "method" },
  request({ url, token, method = "POST", headers, body }, message, text, now) {
    const own = Object.fromEntries(headers.map((header) => {
      const at = header.indexOf(":");
      return [header.slice(0, at).toLowerCase(), header.slice(at + 1).trim()];
    }));
    const all = { "content-type": "application/json; charset=utf-8", ...own };
    if (method === "GET") return { method, url, headers: own };
    const content = body === undefined
      ? JSON.stringify(webhookReport(message, text))
      : filled(body, all["content-type"], message, text);
    return { method, url, headers: { ...all, ...signature(token, content, now) }, body: content };
  },
  isTaken: () => true,
};

/** What a webhook is told; docs/reference/json.md explains it. */
function webhookReport(message: ChannelMessage, text: string): object {
  const { event, state, name, hostname, runId, at, exitCode, title, link, run, status } = message;
  return {
    ...{ version: 1, event, state, name, hostname, runId, at, exitCode, title, text, link },
    ...{ run, status },
  };
}

function signature(
  key: string | undefined,
  content: string,
  now: Date,
): Readonly<Record<string, string>> {
  if (key === undefined) return {};
  const time = String(Math.floor(now.getTime() / 1_000));
  const digest = createHmac("sha256", key).update(`${time}.${content}`).digest("hex");
  return { "x-autoborg-timestamp": time, "x-autoborg-signature": `sha256=${digest}` };
}

/** Replaces the placeholders, escaped as the type of the body needs it. */
function filled(body: string, type: string, message: ChannelMessage, text: string): string {
  const { state, title, name, hostname, runId, at, link } = message;
  const values: Readonly<Record<typeof PLACEHOLDERS[number], string>> = {
    ...{ state, title, text, name, hostname },
    ...{ run: runId ?? "", time: at, link: link ?? "" },
  };
  return body.replace(/\{(\w+)\}/g, (whole, word: string) => {
    const name = PLACEHOLDERS.find((one) => one === word);
    return name === undefined ? whole : escaped(values[name], type);
  });
}

function escaped(value: string, type: string): string {
  if (/json/i.test(type)) return JSON.stringify(value).slice(1, -1);
  return /form-urlencoded/i.test(type) ? encodeURIComponent(value.toWellFormed()) : value;
}
