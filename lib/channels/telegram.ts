/** Messages of a bot of Telegram. @module */
import { escapeMarkup } from "../text/markup.ts";
import { objectIn } from "./answers.ts";
import type { Service } from "./channel.ts";
import { HTML } from "./message_text.ts";
import { JSON_TYPE, withPath } from "./request_parts.ts";

const SIGN = { ok: "✅", warning: "⚠️", failed: "🚨" } as const;

/**
 * Telegram: https://core.telegram.org/bots/api#sendmessage, #html-style, #making-requests,
 * #responseparameters; the number of entities: MAX_MESSAGE_ENTITIES in
 * https://docs.python-telegram-bot.org/en/stable/telegram.constants.html
 */
export const TELEGRAM: Service = {
  title: "Telegram",
  documentation: "https://core.telegram.org/bots/api#sendmessage",
  keys: { url: "optional", token: "required", chat: "required" },
  defaultUrl: "https://api.telegram.org",
  isHeartbeat: false,
  when: "changes",
  style: HTML,
  // 4,096 characters after the entities are parsed; the head stands before the text. Telegram ignores
  // every entity behind the hundredth, and a line has two: what it ignored would not be shown as code.
  limit: { most: 3_700, unit: "characters", lines: 45 },
  blame: { 400: "chat", 401: "token", 403: "chat", 404: "token" },
  request({ url, token = "", chat }, { state, title, link }, text) {
    const head = `${SIGN[state]} <b>${escapeMarkup(title)}</b>`;
    const foot = link === null ? [] : [`<a href="${escapeMarkup(link)}">page</a>`];
    return {
      method: "POST",
      url: withPath(url, `bot${token}`, "sendMessage"),
      headers: JSON_TYPE,
      body: JSON.stringify({
        chat_id: chat,
        text: [head, text, ...foot].join("\n"),
        parse_mode: "HTML",
        link_preview_options: { is_disabled: true },
        disable_notification: state === "ok",
      }),
    };
  },
  isTaken: (body) => objectIn(body).ok === true,
};
