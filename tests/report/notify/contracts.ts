/**
 * What the services answer by their documentation and, where it is public, their source; each file in
 * `lib/channels` names both. None of their servers is in Debian 12 or on npm: there are only clients
 * (looked for: ntfy, Gotify, Mattermost, Synapse, Dendrite, Conduit, Uptime Kuma, Healthchecks). So
 * the answers are played here.
 *
 * @module
 */
import type { ServiceKind } from "../../../lib/channels/services.ts";
import type { Channel } from "../../../lib/config/notify_channel.ts";
import { Secret } from "../../../lib/text/secret.ts";
import { json, TOKEN } from "./service.ts";

/** What a service says by its documentation, which `serviceOf(kind).documentation` names. */
interface Contract {
  readonly path: string;
  readonly different?: Partial<Channel>;
  readonly good: () => Response;
  readonly request: RegExp;
  /**
   * Its refusals: the answer, what the error must say, and what its hint must name: a key, or the
   * server where the same message may be taken later.
   */
  readonly bad: readonly (readonly [answer: () => Response, says: RegExp, key: string])[];
}

const token = new Secret(TOKEN);

/** What is agreed with each service. */
export const CONTRACTS: Readonly<Record<ServiceKind, Contract>> = {
  "ntfy": {
    path: "/my-topic",
    different: { token },
    good: () => json({ id: "xE73Iyuabi", time: 1673542291, event: "message", topic: "my-topic" }),
    request: /^POST \/$/,
    bad: [
      [
        () =>
          json({
            code: 40301,
            http: 403,
            error: "forbidden",
            link: "https://ntfy.sh/docs/publish/#authentication",
          }, 403),
        /403 "forbidden"/,
        "token",
      ],
      [
        () => json({ code: 40101, http: 401, error: "unauthorized" }, 401),
        /401 "unauthorized"/,
        "token",
      ],
      [
        () =>
          json({
            code: 40010,
            http: 400,
            error: "invalid request: topic name is not allowed",
          }, 400),
        /400 "invalid request: topic name is not allowed"/,
        "url",
      ],
      [
        () =>
          json({
            code: 42908,
            http: 429,
            error: "limit reached: daily message quota reached",
            link: "https://ntfy.sh/docs/publish/#limitations",
          }, 429),
        /429 "limit reached: daily message quota reached"/,
        "that the server",
      ],
      [
        () => json({ code: 50001, http: 500, error: "internal server error" }, 500),
        /500 "internal server error"/,
        "that the server",
      ],
    ],
  },
  "gotify": {
    path: "",
    different: { token },
    good: () => json({ id: 25, appid: 5, message: "x", title: "y", priority: 8 }),
    request: /^POST \/message$/,
    bad: [[
      () =>
        json({
          error: "Unauthorized",
          errorCode: 401,
          errorDescription:
            "you need to provide a valid access token or user credentials to access this api",
        }, 401),
      /401 "you need to provide a valid access token/,
      "token",
    ], [
      () =>
        json({
          error: "Bad Request",
          errorCode: 400,
          errorDescription: "appid is required when not authenticating with an application token",
        }, 400),
      /400 "appid is required when not authenticating with an application token"/,
      "token",
    ], [
      () => json({ error: "Not Found", errorCode: 404, errorDescription: "page not found" }, 404),
      /404 "page not found"/,
      "url",
    ]],
  },
  "telegram": {
    path: "",
    different: { token, chat: "-100123" },
    good: () => json({ ok: true, result: { message_id: 7 } }),
    request: /^POST \/botgeheimes-token-1\/sendMessage$/,
    bad: [
      [
        () => json({ ok: false, error_code: 400, description: "Bad Request: chat not found" }, 400),
        /400 "Bad Request: chat not found"/,
        "chat",
      ],
      [
        () =>
          json({
            ok: false,
            error_code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat",
            parameters: { migrate_to_chat_id: -1001999888777 },
          }, 400),
        /upgraded to a supergroup chat: its chat is -1001999888777 now"/,
        "chat",
      ],
      [
        () => json({ ok: false, error_code: 401, description: "Unauthorized" }, 401),
        /401 "Unauthorized"/,
        "token",
      ],
      [() => json({ ok: false, error_code: 404, description: "Not Found" }, 404), /404/, "token"],
      [
        () =>
          json({
            ok: false,
            error_code: 403,
            description: "Forbidden: bot was kicked from the group chat",
          }, 403),
        /403 "Forbidden: bot was kicked from the group chat"/,
        "chat",
      ],
      [
        () =>
          json({
            ok: false,
            error_code: 429,
            description: "Too Many Requests: retry after 3",
            parameters: { retry_after: 3 },
          }, 429),
        /429 "Too Many Requests: retry after 3"/,
        "that the server",
      ],
    ],
  },
  "slack": {
    path: "/services/T00000000/B00000000",
    different: { token },
    good: () => new Response("ok"),
    request: /^POST \/services\/T00000000\/B00000000\/geheimes-token-1$/,
    bad: [
      [() => new Response("no_service", { status: 404 }), /404 "no_service"/, "url and token"],
      [
        () => new Response("invalid_token", { status: 403 }),
        /403 "invalid_token"/,
        "url and token",
      ],
      [
        () => new Response("action_prohibited", { status: 403 }),
        /"action_prohibited"/,
        "url and token",
      ],
      [
        () => new Response("channel_not_found", { status: 404 }),
        /"channel_not_found"/,
        "url and token",
      ],
      [
        () => new Response("channel_is_archived", { status: 410 }),
        /"channel_is_archived"/,
        "url and token",
      ],
      [
        () => new Response("rollup_error", { status: 500 }),
        /500 "rollup_error"/,
        "that the server",
      ],
      // Mattermost
      [
        () =>
          json({
            id: "web.incoming_webhook.invalid.app_error",
            message: "Invalid webhook.",
            status_code: 400,
          }, 400),
        /400 "Invalid webhook\."/,
        "url",
      ],
      // Discord
      [
        () => json({ message: "Unknown Webhook", code: 10015 }, 404),
        /404 "Unknown Webhook"/,
        "url",
      ],
      [
        () => json({ message: "You are being rate limited.", retry_after: 64.57 }, 429),
        /429 "You are being rate limited\."/,
        "that the server",
      ],
    ],
  },
  "matrix": {
    path: "",
    different: { token, room: "!abc:example.org" },
    good: () => json({ event_id: "$YUwRidLecu:example.com" }),
    request: /^PUT \/_matrix\/client\/v3\/rooms\/!abc%3Aexample\.org\/send\/m\.room\.message\/web-/,
    bad: [
      [
        () => json({ errcode: "M_UNKNOWN_TOKEN", error: "Unrecognised access token" }, 401),
        /401 "Unrecognised access token"/,
        "token",
      ],
      [
        () => json({ errcode: "M_FORBIDDEN", error: "User not in room" }, 403),
        /403 "User not in room"/,
        "room",
      ],
      [
        () => json({ errcode: "M_LIMIT_EXCEEDED", error: "Too many requests" }, 429),
        /429 "Too many requests"/,
        "that the server",
      ],
    ],
  },
  "uptime-kuma": {
    path: "/api/push/abcdef123456?status=up&msg=OK&ping=",
    good: () => json({ ok: true }),
    request: /^GET \/api\/push\/abcdef123456\?status=down&msg=%5BFAILED%5D\+web/,
    bad: [[
      () => json({ ok: false, msg: "Monitor not found or not active." }, 404),
      /404 "Monitor not found or not active\."/,
      "url",
    ]],
  },
  "healthchecks": {
    path: "",
    different: { token },
    good: () => new Response("OK"),
    request: /^POST \/geheimes-token-1\/2\?rid=0123abcd-0000-4000-8000-0123abcd0000$/,
    bad: [
      [() => new Response("OK (not found)"), /200 "OK \(not found\)"/, "url and token"],
      [() => new Response("not found", { status: 404 }), /404 "not found"/, "url and token"],
      [
        () => new Response("invalid url format", { status: 400 }),
        /"invalid url format"/,
        "url and token",
      ],
      [
        () => new Response("ambiguous slug", { status: 409 }),
        /409 "ambiguous slug"/,
        "url and token",
      ],
      [
        () => new Response("OK (rate limited)"),
        /200 "OK \(rate limited\)"/,
        "that the server",
      ],
    ],
  },
  "webhook": {
    path: "/hook",
    different: { token, headers: [new Secret("X-Key: abc")] },
    good: () => new Response(null, { status: 204 }),
    request: /^POST \/hook$/,
    bad: [
      [() => new Response("who are you?", { status: 401 }), /401 "who are you\?"/, "headers"],
      [
        () => new Response("what is this?", { status: 422 }),
        /422 "what is this\?"/,
        "url, token and headers",
      ],
      [() => new Response("", { status: 502 }), /502$/, "that the server works"],
    ],
  },
};
