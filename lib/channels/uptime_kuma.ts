/** Heartbeats of a push monitor of Uptime Kuma. @module */
import { objectIn } from "./answers.ts";
import type { Service } from "./channel.ts";
import { PLAIN } from "./message_text.ts";
import { withPath } from "./request_parts.ts";

/**
 * Uptime Kuma: https://github.com/louislam/uptime-kuma/wiki/API-Documentation#push-monitor; whatever
 * is wrong, it answers with 404 and a `msg` (server/routers/api-router.js).
 */
export const UPTIME_KUMA: Service = {
  title: "Uptime Kuma",
  documentation: "https://github.com/louislam/uptime-kuma/wiki/API-Documentation",
  keys: { url: "required", token: "optional" },
  isHeartbeat: true,
  when: "always",
  style: { ...PLAIN, separator: "; " },
  // It is part of the address.
  limit: { most: 400, unit: "characters" },
  blame: { 404: "url" },
  request({ url, token }, { state, title }, text) {
    const address = new URL(withPath(url, token));
    address.searchParams.set("status", state === "failed" ? "down" : "up");
    address.searchParams.set("msg", `${title}: ${text}`.toWellFormed());
    address.searchParams.delete("ping");
    return { method: "GET", url: address.href, headers: {} };
  },
  isTaken: (body) => objectIn(body).ok === true,
};
