/** Messages to a room of Matrix. @module */
import { escapeMarkup } from "../text/markup.ts";
import { objectIn } from "./answers.ts";
import type { Service } from "./channel.ts";
import { HTML, PLAIN, textWithin } from "./message_text.ts";
import { JSON_TYPE, withPath } from "./request_parts.ts";

const COLOUR = { ok: "#16a34a", warning: "#b45309", failed: "#dc2626" } as const;

/**
 * An event as a whole has at most 65,536 bytes of JSON, with both forms of the text; quotes and
 * backslashes need two.
 */
const LIMIT = { most: 12_000, unit: "bytes" } as const;

/** Matrix: https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid */
export const MATRIX: Service = {
  title: "Matrix",
  documentation: "https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room",
  keys: { url: "required", token: "required", room: "required" },
  isHeartbeat: false,
  when: "changes",
  style: { ...HTML, separator: "<br>" },
  limit: LIMIT,
  blame: { 400: "room", 401: "token", 403: "room", 404: "room" },
  request({ url, token = "", room = "" }, { id, state, title, lines, link }, text) {
    const head = `<span data-mx-color="${COLOUR[state]}"><b>${escapeMarkup(title)}</b></span>`;
    const foot = link === null ? [] : [`<a href="${escapeMarkup(link)}">page</a>`];
    const plain = textWithin(lines, PLAIN, LIMIT);
    return {
      method: "PUT",
      // The server takes a second request with the same id for the first one.
      url: withPath(
        url,
        "_matrix/client/v3/rooms",
        encodeURIComponent(room),
        "send/m.room.message",
        encodeURIComponent(id),
      ),
      headers: { ...JSON_TYPE, authorization: `Bearer ${token}` },
      body: JSON.stringify({
        msgtype: "m.text",
        body: [title, plain, ...(link === null ? [] : [link])].join("\n"),
        format: "org.matrix.custom.html",
        formatted_body: [head, text, ...foot].join("<br>"),
        // Nobody is mentioned, whatever the text looks like.
        "m.mentions": {},
      }),
    };
  },
  isTaken: (body) => typeof objectIn(body).event_id === "string",
};
