/**
 * Files with a wrong channel.
 *
 * @module
 */
import { type Broken, end } from "./file.ts";

/** A channel with these lines; they begin in line 8. */
function channel(name: string, text: string, ...says: string[]): Broken {
  return end(name, `[[notify]]\n${text}`, ...says);
}

/** Files with a wrong channel. */
export const CHANNELS: readonly Broken[] = [
  channel(
    "has a channel of an unknown kind",
    'kind = "pager"\nurl = "https://a.b"',
    '8:8: notify[0].kind: expected one of "ntfy", …',
  ),
  channel(
    "has a key of another kind",
    'kind = "telegram"\ntoken = "12345:geheim"\nroom = "!a:b"',
    '7:1: notify[0].chat: missing, kind "telegram" needs it',
    '10:1: notify[0].room: not a key of kind "telegram", did you mean "chat"?',
  ),
  channel(
    "has a key of webhooks elsewhere",
    'kind = "ntfy"\nurl = "https://ntfy.sh/x"\nbody = "{text}"',
    '10:1: notify[0].body: not a key of kind "ntfy", it has url, token',
  ),
  channel(
    "has a channel without its token",
    'kind = "gotify"\nurl = "https://gotify.example.org"',
    '8:8: notify[0].kind: expected one of "token", "token_file" or the credential "notify.gotify"…',
  ),
  channel(
    "has two tokens",
    'kind = "ntfy"\nurl = "https://ntfy.sh/x"\ntoken = "geheim"\ntoken_file = "x"',
    '11:1: notify[0].token_file: expected only one of "token", "token_file", found both',
  ),
  channel(
    "sends in the open",
    'kind = "ntfy"\nurl = "http://ntfy.example.org/geheim"',
    "9:7: notify[0].url: expected an https:// URL, or allow_http = true…",
  ),
  channel(
    "has no topic",
    'kind = "ntfy"\nurl = "https://ntfy.sh/"',
    "9:7: notify[0].url: expected the topic behind the server…",
  ),
  channel(
    "has a URL that is none",
    'kind = "slack"\nurl = "hooks.slack.com/geheim"',
    "9:7: notify[0].url: expected an http:// or https:// URL, found a string",
  ),
  channel(
    "has an unknown placeholder",
    'kind = "webhook"\nurl = "https://a.b"\nbody = "{txet}"',
    "10:8: notify[0].body: unknown placeholder {txet}, did you mean {text}?",
  ),
  channel(
    "has a repository that there is not",
    'kind = "webhook"\nurl = "https://a.b"\nrepositories = ["dsik"]',
    '10:17: notify[0].repositories[0]: expected the label of a repository, found "dsik"; did you…',
  ),
  channel(
    "has two channels of one name",
    'kind = "webhook"\nurl = "https://a.b"\n[[notify]]\nkind = "webhook"\nurl = "https://c.d"',
    "11:8: notify[1].kind: expected a name of its own, found that of a channel above; …",
  ),
  channel(
    "calls a channel as the table of mails",
    'kind = "webhook"\nlabel = "mail"\nurl = "https://a.b"',
    '9:9: notify[0].label: expected another name, "mail" is the table [mail]',
  ),
  channel(
    "calls a channel as the table of pings",
    'kind = "healthchecks"\nlabel = "ping"\nurl = "https://a.b"',
    '9:9: notify[0].label: expected another name, "ping" is the table [ping]',
  ),
  channel(
    "has an alias of a room",
    'kind = "matrix"\ntoken = "12345678"\nurl = "https://a.b"\nroom = "#ops:example.org"',
    '11:8: notify[0].room: expected the internal id of a room such as "!abc:example.org"…',
  ),
  channel(
    "has another program's key in a channel",
    'kind = "telegram"\nbot_token = "12345:geheim"\nchat_id = "1"',
    '9:1: notify[0].bot_token: unknown key, did you mean "token"?',
    '10:1: notify[0].chat_id: unknown key, did you mean "chat"?',
  ),
];
