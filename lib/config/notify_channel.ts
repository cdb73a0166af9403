/** A channel of messages as the program uses it. @module */
import type * as z from "zod";
import { PING_LABEL } from "../channels/channel.ts";
import { type ServiceKind, serviceOf } from "../channels/services.ts";
import { Secret } from "../text/secret.ts";
import type { CamelCase } from "./camel_case.ts";
import type { channel } from "./notify_schema.ts";
import { absolute, type Surroundings } from "./paths.ts";

type ChannelSettings = CamelCase<z.output<typeof channel>>;

/** Which problems a channel may be limited to. */
export type Topic = ChannelSettings["only"][number];

/** A channel of messages; addresses, tokens and headers are secrets. */
export interface Channel {
  readonly label: string;
  readonly kind: ServiceKind;
  readonly url: Secret;
  readonly token?: Secret;
  readonly chat?: string;
  readonly room?: string;
  readonly method?: string;
  readonly headers: readonly Secret[];
  readonly body?: string;
  readonly when: "always" | "problems" | "changes";
  /** Milliseconds; 0: never. */
  readonly remind: number;
  readonly only: readonly Topic[];
  readonly repositories: readonly string[];
  readonly allowHttp: boolean;
  /** Absolute. */
  readonly caFile?: string;
}

/** Fills in what a `[[notify]]` leaves open. */
export function resolveChannel(
  settings: ChannelSettings,
  token: Secret | undefined,
  surroundings: Surroundings,
): Channel {
  const { kind, label, url, chat, room, method, body, caFile } = settings;
  const service = serviceOf(kind);
  return {
    label: label ?? kind,
    kind,
    url: new Secret(url ?? service.defaultUrl ?? ""),
    ...(token === undefined ? {} : { token }),
    ...(chat === undefined ? {} : { chat }),
    ...(room === undefined ? {} : { room }),
    ...(method === undefined ? {} : { method }),
    headers: (settings.headers ?? []).map((header) => new Secret(header)),
    ...(body === undefined ? {} : { body }),
    when: settings.when ?? service.when,
    remind: settings.remind,
    only: settings.only,
    repositories: settings.repositories,
    allowHttp: settings.allowHttp,
    ...(caFile === undefined ? {} : { caFile: absolute(caFile, surroundings) }),
  };
}

/** The channels of a configuration, with that of `[ping]`, which is Healthchecks in short. */
export function channelsOf(
  { notify, ping }: {
    readonly notify: readonly Channel[];
    readonly ping: { readonly url?: Secret };
  },
): readonly Channel[] {
  return ping.url === undefined ? notify : [pingChannel(ping.url), ...notify];
}

function pingChannel(url: Secret): Channel {
  return {
    ...{ label: PING_LABEL, kind: "healthchecks", url, headers: [], when: "always", remind: 0 },
    ...{ only: [], repositories: [], allowHttp: true },
  };
}

/** Everything of channels that must be masked, also when a service repeats it by itself. */
export function secretsOfChannels(channels: readonly Channel[]): readonly Secret[] {
  return channels.flatMap(({ kind, url, token, headers }) => [
    // The address that all users of a service have in common is none.
    ...(url.reveal() === serviceOf(kind).defaultUrl ? [] : [url, ...partsOf(url, kind === "ntfy")]),
    ...(token === undefined ? [] : [token]),
    ...headers,
    ...headers.flatMap((header) => {
      const value = header.reveal().replace(/^[^:]*:\s*/, "");
      return value.length < SHORTEST ? [] : [new Secret(value, header.origin)];
    }),
  ]);
}

/** A shorter part of a URL is a word, not a secret. */
const SHORTEST = 8;

/**
 * The path of a URL, and its last part: services repeat them without the rest. One that looks like a
 * word is none, such as "services", unless it is a topic, which is as good as a password.
 */
function partsOf(url: Secret, isTopic: boolean): readonly Secret[] {
  const address = URL.parse(url.reveal());
  if (address === null) return [];
  const path = address.pathname.replace(/\/+$/, "");
  const last = path.split("/").at(-1) ?? "";
  const isWord = (part: string) => !isTopic && /^\/?[a-z_-]+$/.test(part);
  return [path, last].filter((part) => part.length >= SHORTEST && !isWord(part))
    .map((part) => new Secret(part, url.origin));
}
