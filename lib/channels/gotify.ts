/** Messages to an application of a Gotify server. @module */
import { objectIn } from "./answers.ts";
import type { Service } from "./channel.ts";
import { PLAIN } from "./message_text.ts";
import { JSON_TYPE, withPath } from "./request_parts.ts";

const PRIORITY = { ok: 2, warning: 5, failed: 8 } as const;

/**
 * Gotify: https://gotify.net/docs/pushmsg, https://gotify.net/docs/msgextras. The token of a client
 * instead of an application is refused with 400 or, before version 3, with 403.
 */
export const GOTIFY: Service = {
  title: "Gotify",
  documentation: "https://gotify.net/docs/pushmsg",
  keys: { url: "required", token: "required" },
  isHeartbeat: false,
  when: "changes",
  style: PLAIN,
  // It documents no limit; this is more than anybody reads on a telephone.
  limit: { most: 8_000, unit: "characters" },
  blame: { 400: "token", 401: "token", 403: "token", 404: "url" },
  request({ url, token = "" }, { state, title, link }, text) {
    return {
      method: "POST",
      url: withPath(url, "message"),
      headers: { ...JSON_TYPE, "x-gotify-key": token },
      body: JSON.stringify({
        title,
        message: text,
        priority: PRIORITY[state],
        extras: {
          "client::display": { contentType: "text/plain" },
          ...(link === null ? {} : { "client::notification": { click: { url: link } } }),
        },
      }),
    };
  },
  isTaken: (body) => typeof objectIn(body).id === "number",
};
