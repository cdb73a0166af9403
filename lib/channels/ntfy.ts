/** Messages to a topic of ntfy, as JSON. @module */
import { objectIn } from "./answers.ts";
import type { Service } from "./channel.ts";
import { PLAIN } from "./message_text.ts";
import { JSON_TYPE, withoutLast } from "./request_parts.ts";

const PRIORITY = { ok: 3, warning: 4, failed: 5 } as const;
const TAG = { ok: "white_check_mark", warning: "warning", failed: "rotating_light" } as const;

/**
 * ntfy: https://docs.ntfy.sh/publish/#publish-as-json, #limitations. It sends no `Retry-After`; its
 * answers are in server/errors.go of https://github.com/binwiederhier/ntfy.
 */
export const NTFY: Service = {
  title: "ntfy",
  documentation: "https://docs.ntfy.sh/publish/",
  keys: { url: "required", token: "optional" },
  isHeartbeat: false,
  when: "changes",
  style: PLAIN,
  // A message of more than 4,096 bytes becomes an attachment, and JSON of more than twice that is
  // refused (41303), where quotes and line feeds need two bytes.
  limit: { most: 3_500, unit: "bytes" },
  // 400: "topic name is not allowed"; 403: the token may not write to the topic.
  blame: { 400: "url", 401: "token", 403: "token", 404: "url" },
  request({ url, token }, { state, title, link }, text) {
    const { rest, last } = withoutLast(url);
    return {
      method: "POST",
      url: rest,
      headers: {
        ...JSON_TYPE,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        topic: last,
        title,
        message: text,
        priority: PRIORITY[state],
        tags: [TAG[state]],
        ...(link === null ? {} : { click: link }),
      }),
    };
  },
  isTaken: (body) => typeof objectIn(body).id === "string",
};
