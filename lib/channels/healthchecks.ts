/**
 * Pings of Healthchecks, with the exit status, the id of the run and the end of the log. `[ping]` is
 * the short form of it.
 *
 * @module
 */
import type { Service, ServiceRequest, Target } from "./channel.ts";
import { PLAIN } from "./message_text.ts";
import { withPath } from "./request_parts.ts";

/** It keeps 100 kB of a body, an instance of one's own 10 kB by default (`PING_BODY_LIMIT`). */
const LARGEST_BODY = 10_000;

/**
 * Healthchecks: https://healthchecks.io/docs/http_api/; its answers are in hc/api/views.py of
 * https://github.com/healthchecks/healthchecks.
 */
export const HEALTHCHECKS: Service = {
  title: "Healthchecks",
  documentation: "https://healthchecks.io/docs/http_api/",
  keys: { url: "optional", token: "optional" },
  defaultUrl: "https://hc-ping.com",
  isHeartbeat: true,
  when: "always",
  style: PLAIN,
  limit: { most: 4_000, unit: "bytes" },
  blame: { 400: "url", 404: "url", 409: "url" },
  request(target, { title, runId, exitCode, log }, text) {
    return signal(target, String(exitCode), runId, withLog(`${title}\n${text}`, log));
  },
  start: (target, { runId, text }) => signal(target, "start", runId, text),
  // "OK (not found)" and "OK (rate limited)" have a good status, too.
  isTaken: (body) => /^(?:OK|Created)$/.test(body.trim()),
};

function signal(
  { url, token }: Target,
  what: string,
  runId: string | null,
  body: string,
): ServiceRequest {
  const address = new URL(withPath(url, token, what));
  // An id is a UUID there.
  if (runId !== null) address.searchParams.set("rid", `${runId}-0000-4000-8000-${runId}0000`);
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { method: "POST", url: address.href, headers, body };
}

/** As much of the end of the log as is kept. */
function withLog(text: string, log: string | null): string {
  if (log === null) return text;
  const bytes = new TextEncoder().encode(log);
  const room = LARGEST_BODY - new TextEncoder().encode(text).length - 10;
  const end = new TextDecoder().decode(bytes.slice(Math.max(0, bytes.length - room)));
  const from = bytes.length > room ? end.indexOf("\n") + 1 : 0;
  return `${text}\n\nlog:\n${end.slice(from)}`;
}
