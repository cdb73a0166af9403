/**
 * What one key of `[[notify]]` alone can't tell: keys that its kind lacks or does not have, and names
 * that are used twice.
 * @module
 */
import { OWN_KEYS, PING_LABEL } from "../channels/channel.ts";
import { KINDS, serviceOf } from "../channels/services.ts";
import { PLACEHOLDERS } from "../channels/webhook.ts";
import { nearest } from "../text/nearest.ts";
import { asArray, asTable, type KeyPath, type Problem, valueAt } from "./config_problem.ts";

type Table = Readonly<Record<string, unknown>>;

/** What is called so is a table of its own, not a channel. */
const TABLE_LABELS = ["mail", PING_LABEL];

/** Finds what is wrong with the channels of a document; the secrets are looked at elsewhere. */
export function wrongChannels(document: unknown): readonly Problem[] {
  const channels = asArray(valueAt(document, ["notify"]));
  return channels.flatMap((value, index) => {
    const channel = asTable(value);
    if (channel === undefined) return [];
    const path: KeyPath = ["notify", index];
    return [
      ...wrongKeys(channel, path),
      ...wrongUrl(channel, path),
      ...wrongBody(channel, path),
      ...wrongName(channels, channel, path, index),
      ...unknownLabels(document, channel, path),
    ];
  });
}

/** The name of a channel; `undefined` when it has none that can be used. */
export function channelName(channel: Table): string | undefined {
  const name = channel.label ?? channel.kind;
  return typeof name === "string" && /^[\w.-]+$/.test(name) ? name : undefined;
}

/** The keys of its kind; `undefined` when there is no such kind. */
export function keysOfKind(channel: Table): ReturnType<typeof serviceOf>["keys"] | undefined {
  const kind = KINDS.find((one) => one === channel.kind);
  return kind === undefined ? undefined : serviceOf(kind).keys;
}

function wrongKeys(channel: Table, path: KeyPath): readonly Problem[] {
  const keys = keysOfKind(channel);
  if (keys === undefined) return [];
  const all = OWN_KEYS.filter((key) => keys[key] !== undefined);
  return OWN_KEYS.flatMap((key): Problem[] => {
    const given = [key, ...(key === "token" ? ["token_file"] : [])]
      .find((name) => channel[name] !== undefined);
    if (given !== undefined && keys[key] === undefined) {
      const meant = OTHER_WORDS[key]?.find((other) => keys[other] !== undefined);
      const text = meant === undefined ? `it has ${all.join(", ")}` : `did you mean "${meant}"?`;
      const message = `not a key of kind "${channel.kind}", ${text}`;
      return [{ path: [...path, given], message, isKey: true }];
    }
    if (given !== undefined || keys[key] !== "required" || key === "token") return [];
    const message = `missing, kind "${channel.kind}" needs it`;
    return [{ path: [...path, key], message, absent: [[...path, key]] }];
  });
}

/** What another kind calls the place where its messages go. */
const OTHER_WORDS: Readonly<Record<string, readonly (typeof OWN_KEYS[number])[]>> = {
  chat: ["room"],
  room: ["chat"],
};

function wrongUrl(channel: Table, path: KeyPath): readonly Problem[] {
  const { url } = channel;
  if (typeof url !== "string" || !/^https?:/.test(url)) return [];
  const address = URL.parse(url);
  // Neither the message nor the frame around it may show the URL.
  if (address === null) return [{ path: [...path, "url"], message: "expected a valid URL" }];
  if (channel.kind === "ntfy" && address.pathname.replaceAll("/", "") === "") {
    const message = 'expected the topic behind the server, such as "https://ntfy.sh/my-topic"';
    return [{ path: [...path, "url"], message }];
  }
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(address.hostname);
  if (address.protocol === "https:" || isLoopback || channel.allow_http === true) return [];
  const message =
    "expected an https:// URL, or allow_http = true: everyone on the way could read " +
    "the messages and the token";
  return [{ path: [...path, "url"], message }];
}

function wrongBody({ body }: Table, path: KeyPath): readonly Problem[] {
  if (typeof body !== "string") return [];
  const words = [...body.matchAll(/\{(\w+)\}/g)].map(([, word = ""]) => word);
  const unknown = words.find((word) => !PLACEHOLDERS.some((one) => one === word));
  if (unknown === undefined) return [];
  const meant = nearest(unknown, PLACEHOLDERS);
  const advice = meant === undefined
    ? `known: ${PLACEHOLDERS.join(", ")}`
    : `did you mean {${meant}}?`;
  return [{ path: [...path, "body"], message: `unknown placeholder {${unknown}}, ${advice}` }];
}

function wrongName(
  channels: readonly unknown[],
  channel: Table,
  path: KeyPath,
  index: number,
): readonly Problem[] {
  const name = channelName(channel);
  if (name === undefined) return [];
  const at: KeyPath = [...path, channel.label === undefined ? "kind" : "label"];
  if (TABLE_LABELS.includes(name)) {
    return [{ path: at, message: `expected another name, "${name}" is the table [${name}]` }];
  }
  const first = channels.findIndex((other) => channelName(asTable(other) ?? {}) === name);
  if (first === index) return [];
  const message = "expected a name of its own, found that of a channel above; set another label";
  return [{ path: at, message }];
}

/** Finds labels in `repositories` of a table that no repository has. */
export function unknownLabels(
  document: unknown,
  { repositories }: Table,
  path: KeyPath,
): readonly Problem[] {
  const labels = asArray(valueAt(document, ["repositories"]))
    .map((repository) => valueAt(repository, ["label"]))
    .filter((label) => typeof label === "string");
  return asArray(repositories).flatMap((label, index) => {
    if (typeof label !== "string" || labels.includes(label)) return [];
    const meant = nearest(label, labels);
    const advice = meant === undefined ? `known: ${labels.join(", ")}` : `did you mean "${meant}"?`;
    const message = `expected the label of a repository, found ${JSON.stringify(label)}; ${advice}`;
    return [{ path: [...path, "repositories", index], message }];
  });
}
