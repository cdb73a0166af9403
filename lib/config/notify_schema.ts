/** The keys of `[[notify]]` and of `[page]`: who hears of a run besides the recipients of mails. @module */
import { KINDS } from "../channels/services.ts";
import {
  anyText,
  duration,
  flag,
  list,
  oneOf,
  path,
  place,
  secret,
  secretPath,
  secretText,
  table,
  text,
} from "./values.ts";

/** An address that may be a secret. */
const URL_FORM = /^https?:\/\/[^\s/?#]+\S*$/;

/** The states, the kinds of what is not a run, and the steps that a channel may be limited to. */
const TOPICS = [
  "failed",
  "warning",
  "alarm",
  "refused",
  "stale",
  "dump",
  "create",
  "verify",
  "check",
  "prune",
  "compact",
] as const;

/** When a person hears of a run. */
export const WHENS = ["always", "problems", "changes"] as const;

/** How long a bad state may last before it is told again; for `when = "changes"`. */
export function remind(): ReturnType<typeof duration> {
  return duration();
}

/** One channel of messages. */
export const channel = table("notify", {
  kind: oneOf(...KINDS).describe("Service."),
  label: text(
    "a name of up to 32 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/,
  ).optional().describe("Name of this channel in reports and on the command line; default: kind."),
  url: secret(text("an http:// or https:// URL", URL_FORM)).optional().describe(
    "Address: ntfy, the server with the topic; gotify and matrix, the server; slack, the incoming " +
      "webhook; uptime-kuma, the push URL; healthchecks, the ping URL; webhook, any. Treated as a " +
      "secret.",
  ),
  token: secretText().optional().describe(
    "Secret in plain text: access token (ntfy, matrix), token of the application (gotify) or the " +
      "bot (telegram), last part of the URL (slack, uptime-kuma, healthchecks), key of the " +
      "signature (webhook); alternatives: token_file or the credential notify.LABEL.",
  ),
  token_file: secretPath().optional()
    .describe("File with the token; may begin with $CREDENTIALS_DIRECTORY/."),
  chat: text('a chat such as "-1001234567890" or "@channel"', /^(?:-?\d+|@\w+)$/).optional()
    .describe("Chat (telegram): its number, or @ and the name of a channel."),
  room: text('the internal id of a room such as "!abc:example.org"', /^![^\s]+$/).optional()
    .describe("Room (matrix): its internal id, not an alias that begins with #."),
  method: oneOf("POST", "PUT", "GET").optional().describe("Method (webhook); default: POST."),
  headers: list(
    '"Name: value" strings',
    secret(text('a header as "Name: value"', /^[\w!#$%&'*+.^`|~-]+:[ \t]*[\x20-\x7e]+$/)),
  ).optional().describe("Headers (webhook); treated as secrets.").meta({ writeOnly: true }),
  body: secret(anyText()).optional().describe(
    "Body (webhook) instead of the JSON; {state}, {title}, {text}, {name}, {hostname}, {run}, " +
      "{time} and {link} are replaced.",
  ),
  when: oneOf(...WHENS).optional().describe(
    "When to send: after every run, after runs with problems, or when the state changes; default: " +
      '"changes", and "always" where a service waits for a signal after each run.',
  ),
  remind: remind().prefault("7d").describe(
    'With when = "changes": how often to repeat that the state is still bad; "0s": never.',
  ),
  only: list("topics", oneOf(...TOPICS)).default([]).describe(
    "Limit to problems of these kinds (failed, warning, alarm), steps (create, verify, check, " +
      "prune, compact), runs that could not begin (refused) and backups that are too old (stale); " +
      "default: all.",
  ),
  repositories: list("labels", anyText()).default([])
    .describe("Limit to these repositories and to the run as a whole; default: all."),
  allow_http: flag().default(false)
    .describe("Allow http:// to other machines: everyone on the way can read the messages."),
  ca_file: path().optional()
    .describe("PEM file with the certificate of the server's certificate authority."),
});

/** The page about the backups. */
export const page = table("page", {
  file: place().optional().describe("HTML file to write after each run, readable by all."),
  url: text("an http:// or https:// URL", URL_FORM).optional()
    .describe("Address under which the file can be opened; messages link to it."),
}).prefault({}).describe("Page about the backups for a web server.");
