/**
 * Sends one message to a service. Proxies come from `https_proxy`, `http_proxy` and `no_proxy`, which
 * the runtime reads itself.
 *
 * @module
 */
import { retryAfter, wordsOf } from "../../channels/answers.ts";
import type {
  ChannelMessage,
  OwnKey,
  RunBeginning,
  ServiceRequest,
  Target,
} from "../../channels/channel.ts";
import { textWithin } from "../../channels/message_text.ts";
import { serviceOf } from "../../channels/services.ts";
import type { Channel } from "../../config/notify_channel.ts";
import { AppError, reasonOf } from "../../errors.ts";
import { readSmallText } from "../../files/small_file.ts";
import { printableLine } from "../../text/printable.ts";
import type { Masker } from "../../text/secret.ts";
import { fetchFailure, UNTRUSTED } from "../fetch_failure.ts";
import { shortened } from "../subject.ts";
import { ChannelError } from "./channel_error.ts";

/** How a message is sent. */
export interface RequestOptions {
  readonly mask: Masker;
  /** For one try, its redirects included, in milliseconds. */
  readonly timeLimit: number;
  /** Aborts what is under way. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Whether it is a sample; `false` when left out. */
  readonly isSample?: boolean;
}

/** More of an answer is not read. */
const LONGEST_ANSWER = 16_384;
const MOST_REDIRECTS = 3;

/**
 * Sends a message.
 *
 * @returns what the service answered, such as `200 "ok"`
 * @throws {ChannelError} when it was not taken
 * @throws {AppError} when the certificate can't be read
 */
export async function sendToChannel(
  channel: Channel,
  message: ChannelMessage,
  options: RequestOptions,
): Promise<string> {
  const service = serviceOf(channel.kind);
  const text = textWithin(message.lines, service.style, service.limit);
  const request = service.request(targetOf(channel), message, text, options.now());
  return await sendRequest(channel, request, options);
}

/**
 * Says that a run begins; nothing where the service knows no such signal.
 *
 * @throws {ChannelError} when it was not taken
 * @throws {AppError} when the certificate can't be read
 */
export async function sendStart(
  channel: Channel,
  beginning: RunBeginning,
  options: RequestOptions,
): Promise<void> {
  const request = serviceOf(channel.kind).start?.(targetOf(channel), beginning);
  if (request !== undefined) await sendRequest(channel, request, options);
}

async function sendRequest(
  channel: Channel,
  request: ServiceRequest,
  { mask, timeLimit, signal, now, isSample = false }: RequestOptions,
): Promise<string> {
  requireHeaders(channel, request);
  using client = await clientOf(channel);
  const limit = AbortSignal.any([AbortSignal.timeout(timeLimit), signal]);
  let response: Response;
  let body: string;
  try {
    response = await followed(channel, request, { client: client?.http, signal: limit });
    body = await beginningOf(response);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (signal.aborted) {
      const reason = "it did not answer at once, and the run is being stopped";
      throw new ChannelError(channel, reason, { isFinal: true, keys: [] });
    }
    const address = new URL(request.url);
    const reason = mask(fetchFailure(error, timeLimit, address));
    const keys = reason === UNTRUSTED ? ["ca_file"] as const : [];
    throw new ChannelError(channel, reason, { isFinal: false, keys });
  }
  const words = wordsOf(body);
  const said = words === undefined ? "" : ` "${shortened(mask(printableLine(words)), 200)}"`;
  const answer = `${response.status}${said}`;
  if (response.ok && serviceOf(channel.kind).isTaken(body)) return answer;
  const about = { request, body, answer, hasWords: words !== undefined, isSample };
  throw refusal(channel, response, about, now());
}

/** Other headers are looked at with the configuration; the runtime would show the token. */
function requireHeaders(channel: Channel, { headers }: ServiceRequest): void {
  try {
    new Headers(headers);
  } catch {
    const reason = "the token has a character that no header of HTTP may have";
    throw new ChannelError(channel, reason, { isFinal: true, keys: ["token"] });
  }
}

function targetOf({ url, token, chat, room, method, headers, body }: Channel): Target {
  return {
    ...{ chat, room, method, body },
    url: url.reveal(),
    token: token?.reveal(),
    headers: headers.map((header) => header.reveal()),
  };
}

function refusal(
  channel: Channel,
  response: Response,
  { request, body, answer, hasWords, isSample }: {
    readonly request: ServiceRequest;
    readonly body: string;
    readonly answer: string;
    readonly hasWords: boolean;
    readonly isSample: boolean;
  },
  now: Date,
): ChannelError {
  const { status, ok, headers } = response;
  const wait = retryAfter(headers.get("retry-after"), body, now);
  const isBusy = status === 429 || status === 408 || status >= 500 ||
    ok && /rate limit/i.test(body);
  const strange = ok && !hasWords ? ", which is not the answer of this service" : "";
  return new ChannelError(channel, `it answered ${answer}${strange}`, {
    isFinal: !isBusy,
    isRateLimited: status === 429 || (ok && isBusy),
    isSample,
    // Where the same request may be taken later, no key is wrong.
    keys: isBusy ? [] : keysToBlame(channel, request, response),
    isAtFault: isBusy,
    ...(wait === undefined ? {} : { wait }),
  });
}

/**
 * The keys that may be wrong: the one that the service's documentation names for a status, and the
 * token beside an address that it is part of; all that are set when nothing is known.
 */
function keysToBlame(
  { kind, token, headers, body }: Channel,
  { url }: ServiceRequest,
  { status, ok }: Response,
): readonly OwnKey[] {
  const known = serviceOf(kind).blame[status] ?? (ok ? "url" : undefined);
  if (known === "url" && token !== undefined && url.includes(token.reveal())) {
    return ["url", "token"];
  }
  if (known !== undefined) return [known];
  return [
    "url",
    ...token === undefined ? [] : ["token"] as const,
    ...headers.length === 0 ? [] : ["headers"] as const,
    ...body === undefined ? [] : ["body"] as const,
  ];
}

/** Follows redirects, but to the same host alone: nobody else may get the token. */
async function followed(
  channel: Channel,
  { method, url, headers, body }: ServiceRequest,
  { client, signal }: {
    readonly client: Deno.HttpClient | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Response> {
  let address = new URL(url);
  for (let count = 0;; count++) {
    const response = await fetch(address, {
      method,
      headers: { ...headers, "user-agent": "autoborg" },
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      signal,
      ...(client === undefined ? {} : { client }),
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    const next = URL.parse(location, address);
    const isAllowed = next !== null && isSameHost(address, next) && count < MOST_REDIRECTS;
    if (!isAllowed) {
      const reason = count < MOST_REDIRECTS
        ? `it redirected to another host (${response.status})`
        : `it redirected more than ${MOST_REDIRECTS} times`;
      throw new ChannelError(channel, reason, { isFinal: true, keys: ["url"] });
    }
    address = next;
  }
}

/** Whether it is the same server, or the same with encryption. */
function isSameHost(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  return from.hostname === to.hostname && from.protocol === "http:" && to.protocol === "https:";
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    // Leaving the loop cancels the rest.
    if (text.length >= LONGEST_ANSWER) break;
  }
  return text.slice(0, LONGEST_ANSWER);
}

/** A client with the certificate of the channel; `undefined`: none is needed. */
async function clientOf(
  { caFile, label }: Channel,
): Promise<(Disposable & { readonly http: Deno.HttpClient }) | undefined> {
  if (caFile === undefined) return undefined;
  try {
    const authority = await readSmallText(caFile);
    // The runtime takes any text, and then trusts nobody more.
    if (!authority.includes("-----BEGIN CERTIFICATE-----")) {
      throw new TypeError("it contains no certificate in PEM format");
    }
    const http = Deno.createHttpClient({ caCerts: [authority] });
    return { http, [Symbol.dispose]: () => http.close() };
  } catch (error) {
    throw new AppError(`Cannot use ca_file "${caFile}" for "${label}": ${reasonOf(error)}`, {
      hint: "ca_file is a PEM file with the certificate of the authority",
      cause: error,
    });
  }
}
