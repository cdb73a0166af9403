/**
 * Messages to an incoming webhook of Slack. Mattermost takes the same, and Discord when `/slack` is
 * added to the URL of its webhook. All text from outside stands in one block of code, the only place
 * that all three show as it is: Mattermost notifies people whose names stand in an attachment, but for
 * code.
 *
 * Slack: https://docs.slack.dev/messaging/formatting-message-text#escaping and, for its answers,
 * https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
 * Mattermost: https://docs.mattermost.com/developers/integrate/slash-commands/slack
 * Discord: https://docs.discord.com/developers/resources/webhook#execute-slackcompatible-webhook
 *
 * @module
 */
import type { Service, TextStyle } from "./channel.ts";
import { PLAIN } from "./message_text.ts";
import { JSON_TYPE, withPath } from "./request_parts.ts";

const COLOUR = { ok: "#16a34a", warning: "#f59e0b", failed: "#dc2626" } as const;

/** Backticks could end the block; nobody sees what separates them. */
const STYLE: TextStyle = { ...PLAIN, escape: (text) => text.replaceAll("`", "`\u200b") };

/**
 * Slack reads these three as markup everywhere, and decodes their entities, code or not. The others
 * show entities in code as they are written.
 */
function forServer(url: string): (text: string) => string {
  const isSlack = /(?:^|\.)slack(?:-gov)?\.com$/.test(new URL(url).hostname);
  if (!isSlack) return (text) => text;
  return (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const SLACK: Service = {
  title: "Slack, Mattermost, Discord (/slack)",
  documentation: "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
  keys: { url: "required", token: "optional" },
  isHeartbeat: false,
  when: "changes",
  style: STYLE,
  // A description of Discord has 4,096 characters, a post of Mattermost 16,383; Slack cuts at 4,000.
  limit: { most: 3_000, unit: "characters" },
  blame: { 400: "url", 401: "url", 403: "url", 404: "url", 410: "url" },
  request({ url, token }, { state, title, link, at }, text) {
    const escape = forServer(url);
    return {
      method: "POST",
      url: withPath(url, ...(token?.split("/") ?? [])),
      headers: JSON_TYPE,
      body: JSON.stringify({
        attachments: [{
          color: COLOUR[state],
          fallback: escape(title),
          title: escape(title),
          ...(link === null ? {} : { title_link: link }),
          text: `\`\`\`\n${escape(text)}\n\`\`\``,
          mrkdwn_in: ["text"],
          ts: Math.floor(Date.parse(at) / 1_000),
        }],
      }),
    };
  },
  isTaken: (body) => /^"?ok"?$/i.test(body.trim()),
};
