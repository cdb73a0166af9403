/**
 * A service on this machine, with the answers that its documentation gives, and channels to it.
 *
 * @module
 */
import type { ChannelMessage } from "../../../lib/channels/channel.ts";
import type { Channel } from "../../../lib/config/notify_channel.ts";
import type { ServiceKind } from "../../../lib/channels/services.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import type { ChannelOptions } from "../../../lib/report/notify/channel_outbox.ts";
import type { NotifySpool } from "../../../lib/state/notify_spool.ts";

/** A request that a service got. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** How a service answers; `count`: how many requests there were, with this one. */
export type Answer = (count: number, request: Heard) => Response | Promise<Response>;

/** A server on a free port of loopback. */
export class Service implements AsyncDisposable {
  readonly heard: Heard[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  answer: Answer;

  /**
   * @param answer how it answers
   * @param certificate with it the server speaks TLS
   */
  constructor(answer: Answer, certificate?: { readonly cert: string; readonly key: string }) {
    this.answer = answer;
    const options = {
      ...{ port: 0, hostname: "127.0.0.1", signal: this.#stop.signal, onListen() {} },
      ...certificate,
    };
    this.#server = Deno.serve(options, async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const heard = { method, path: pathname + search, headers, body: await request.text() };
      this.heard.push(heard);
      return await this.answer(this.heard.length, heard);
    });
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** An address on it. */
  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#server.finished;
  }
}

/** The token of all channels. */
export const TOKEN = "geheimes-token-1";

/** A channel. */
export function channelTo(
  kind: ServiceKind,
  url: string,
  different: Partial<Channel> = {},
): Channel {
  return {
    ...{ label: "phone", kind, url: new Secret(url), headers: [], when: "changes" },
    ...{ remind: 7 * 86_400_000, only: [], repositories: [], allowHttp: false },
    ...different,
  };
}

/** How a channel is served in tests: without pauses that are felt. */
export function serving(
  channel: Channel,
  spool?: NotifySpool,
  different: Partial<ChannelOptions> = {},
): ChannelOptions {
  const secrets = [channel.url, ...(channel.token === undefined ? [] : [channel.token])];
  return {
    mask: createMasker(secrets),
    timeLimit: 5_000,
    signal: new AbortController().signal,
    now: () => new Date("2026-11-22T04:05:00Z"),
    spool,
    pauses: [1, 1],
    longestPause: 2_000,
    stopping: 100,
    note() {},
    ...different,
  };
}

/** A message about a failed run. */
export const MESSAGE: ChannelMessage = {
  id: "web-2026-11-22T04:00:00Z-0123abcd",
  event: "run",
  state: "failed",
  name: "web",
  hostname: "host",
  runId: "0123abcd",
  at: "2026-11-22T04:04:10.000Z",
  exitCode: 2,
  title: "[FAILED] web on host",
  lines: [
    { label: "", text: "offsite failed (wrong passphrase), disk ok" },
    { label: "error, offsite create", text: "wrong passphrase" },
    { label: "hint", text: "Correct it" },
    { label: "last good backup in offsite", text: "2 d ago" },
  ],
  link: "https://web.example.org/backup.html",
  log: "first\nlast\n",
  run: { runId: "0123abcd" },
  status: null,
};

/** Answers with JSON. */
export function json(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(value);
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}
