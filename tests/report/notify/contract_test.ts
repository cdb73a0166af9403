import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { KINDS, serviceOf } from "../../../lib/channels/services.ts";
import { AppError } from "../../../lib/errors.ts";
import { ChannelError } from "../../../lib/report/notify/channel_error.ts";
import { sendToChannel } from "../../../lib/report/notify/channel_request.ts";
import { Secret } from "../../../lib/text/secret.ts";
import { OddServer } from "../mail/mail_server.ts";
import { CONTRACTS } from "./contracts.ts";
import { channelTo, json, MESSAGE, Service, serving, TOKEN } from "./service.ts";

const token = new Secret(TOKEN);

for (const kind of KINDS) {
  const { path, different = {}, good, request, bad } = CONTRACTS[kind];

  Deno.test(`sendToChannel() sends what ${kind} documents and believes its good answer`, async () => {
    await using service = new Service(good);
    const channel = channelTo(kind, service.url(path), different);
    const answer = await sendToChannel(channel, MESSAGE, serving(channel));
    assert.match(answer, /^20\d/);
    const [heard] = service.heard;
    assert.match(`${heard?.method} ${heard?.path}`, request);
    const said = heard?.method === "GET" ? decodeURIComponent(heard.path) : heard?.body ?? "";
    assert.match(said.replaceAll("+", " "), /offsite failed|"runId":"0123abcd"/);
  });

  Deno.test(`sendToChannel() repeats the words of ${kind} when it refuses`, async () => {
    for (const [answer, says, key] of bad) {
      await using service = new Service(answer);
      const channel = channelTo(kind, service.url(path), different);
      await assert.rejects(
        sendToChannel(channel, MESSAGE, serving(channel)),
        (error) => {
          assert.ok(error instanceof ChannelError);
          assert.match(error.message, says);
          assert.match(error.hint ?? "", new RegExp(`^(?:Check ${key}[ ;]|The next run)`));
          assert.equal(error.isFinal, !key.startsWith("that the server"));
          assert.doesNotMatch(error.message, new RegExp(TOKEN));
          return true;
        },
      );
    }
  });

  Deno.test(`sendToChannel() believes no page of a portal to be ${kind}`, async () => {
    if (kind === "webhook") return;
    await using service = new Service(() => new Response("<html>Please log in</html>"));
    const channel = channelTo(kind, service.url(path), different);
    await assert.rejects(
      sendToChannel(channel, MESSAGE, serving(channel)),
      /it answered 200, which is not the answer of this service/,
    );
  });

  Deno.test(`sendToChannel() takes 500, 429 and silence of ${kind} for what may pass`, async () => {
    for (const status of [500, 503, 429, 408]) {
      await using service = new Service(() => new Response("x", { status }));
      const channel = channelTo(kind, service.url(path), different);
      await assert.rejects(
        sendToChannel(channel, MESSAGE, serving(channel)),
        (error) => error instanceof ChannelError && !error.isFinal,
      );
    }
    const never = Promise.withResolvers<Response>();
    await using service = new Service(() => never.promise);
    const channel = channelTo(kind, service.url(path), different);
    await assert.rejects(
      sendToChannel(channel, MESSAGE, serving(channel, undefined, { timeLimit: 50 })),
      /it did not answer within/,
    );
    never.resolve(new Response());
  });

  Deno.test(`the documentation of ${kind} is named`, () => {
    assert.match(serviceOf(kind).documentation, /^https:\/\//);
  });
}

Deno.test("sendToChannel() says how long a service wants to be left alone", async () => {
  const answers: readonly (readonly [Response, number])[] = [
    [new Response("", { status: 429, headers: { "retry-after": "120" } }), 120_000],
    [
      new Response("", {
        status: 429,
        headers: { "retry-after": "Sun, 22 Nov 2026 04:05:30 GMT" },
      }),
      30_000,
    ],
    [json({ ok: false, parameters: { retry_after: 34 } }, 429), 34_000],
    [json({ errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 2_000 }, 429), 2_000],
    [json({ message: "You are being rate limited.", retry_after: 1.5 }, 429), 1_500],
  ];
  for (const [answer, wait] of answers) {
    await using service = new Service(() => answer);
    const channel = channelTo("telegram", service.url(""), { token, chat: "1" });
    await assert.rejects(
      sendToChannel(channel, MESSAGE, serving(channel)),
      (error) => error instanceof ChannelError && error.wait === wait,
    );
  }
});

Deno.test("sendToChannel() follows redirects on the same host, and never to another", async () => {
  await using other = new Service(() => new Response("ok"));
  await using service = new Service((_, { path }) =>
    path === "/a"
      ? new Response(null, { status: 308, headers: { location: "/b" } })
      : path === "/c"
      ? new Response(null, { status: 302, headers: { location: other.url("/x") } })
      : path === "/d"
      ? new Response(null, { status: 307, headers: { location: "/d" } })
      : new Response("ok")
  );
  const a = channelTo("slack", service.url("/a"));
  assert.match(await sendToChannel(a, MESSAGE, serving(a)), /^200/);
  const [, second] = service.heard;
  assert.equal(second?.method, "POST");
  assert.match(second?.body ?? "", /wrong passphrase/);
  const c = channelTo("slack", service.url("/c"));
  await assert.rejects(sendToChannel(c, MESSAGE, serving(c)), /redirected to another host \(302\)/);
  assert.equal(other.heard.length, 0);
  const d = channelTo("slack", service.url("/d"));
  await assert.rejects(sendToChannel(d, MESSAGE, serving(d)), /redirected more than 3 times/);
});

/** A server of TCP that gets a request and then writes something now and then. */
class Drip implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done: Promise<void>;

  constructor(first: string, again: string) {
    this.#done = this.#accept(first, again);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}/topic`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
  }

  async #accept(first: string, again: string): Promise<void> {
    for await (const connection of this.#listener) {
      using client = connection;
      const say = (text: string) => client.write(new TextEncoder().encode(text));
      try {
        await client.read(new Uint8Array(65_536));
        await say(first);
        // Ends when the client is gone.
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          await say(again);
        }
      } catch {
        continue;
      }
    }
  }
}

Deno.test("sendToChannel() waits no longer for an answer that comes drop by drop", async () => {
  for (
    const [first, again] of [
      ["", "H"],
      ["HTTP/1.1 200 OK\r\n", "x-drop: 1\r\n"],
      ["HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "x"],
    ] as const
  ) {
    await using server = new Drip(first, again);
    const channel = channelTo("ntfy", server.url);
    await assert.rejects(
      sendToChannel(channel, MESSAGE, serving(channel, undefined, { timeLimit: 200 })),
      (error) => error instanceof ChannelError && !error.isFinal,
    );
  }
});

Deno.test("sendToChannel() waits no longer for a server that accepts and says nothing", async () => {
  await using server = new OddServer("silent");
  const channel = channelTo("ntfy", `http://127.0.0.1:${server.port}/topic`);
  await assert.rejects(
    sendToChannel(channel, MESSAGE, serving(channel, undefined, { timeLimit: 200 })),
    /it did not answer within 200 ms/,
  );
});

Deno.test("sendToChannel() says that the connection was lost when no HTTP comes back", async () => {
  for (const oddity of ["closes at once", "busy"] as const) {
    await using server = new OddServer(oddity);
    const channel = channelTo("ntfy", `http://127.0.0.1:${server.port}/topic`);
    await assert.rejects(
      sendToChannel(channel, MESSAGE, serving(channel)),
      (error) =>
        error instanceof ChannelError && !error.isFinal &&
        /: (?:it closed the connection without an answer|the connection was lost)$/
          .test(error.message),
    );
  }
});

Deno.test("sendToChannel() names the key when a token can stand in no header", async () => {
  await using service = new Service(() => json({ id: "x" }));
  for (const text of ["geheim\nzweite Zeile", "geheim\u20ac"]) {
    const channel = channelTo("ntfy", service.url("/topic"), { token: new Secret(text) });
    await assert.rejects(sendToChannel(channel, MESSAGE, serving(channel)), (error) => {
      assert.ok(error instanceof ChannelError && error.isFinal);
      assert.match(error.message, /: the token has a character that no header of HTTP may have$/);
      assert.match(error.hint ?? "", /^Check token of this/);
      return true;
    });
  }
  assert.equal(service.heard.length, 0);
});

Deno.test("sendToChannel() reads no more than the beginning of an endless answer", async () => {
  await using service = new Service(() => {
    const chunk = new TextEncoder().encode("x".repeat(8_192));
    return new Response(new ReadableStream({ pull: (to) => to.enqueue(chunk) }), { status: 400 });
  });
  const channel = channelTo("webhook", service.url("/"));
  await assert.rejects(sendToChannel(channel, MESSAGE, serving(channel)), /it answered 400 "x+…"/);
});

Deno.test("sendToChannel() names nobody's address when a server is not there", async () => {
  const channel = channelTo("ntfy", "http://127.0.0.1:1/secret-topic");
  await assert.rejects(sendToChannel(channel, MESSAGE, serving(channel)), (error) => {
    assert.ok(error instanceof AppError);
    assert.match(
      error.message,
      /^Cannot notify "phone" \(ntfy\): (?:the connection was refused|this port is not allowed for HTTP)$/,
    );
    return true;
  });
});

Deno.test("a webhook signs its JSON, with the time in the signature", async () => {
  await using service = new Service(() => new Response("fine"));
  const channel = channelTo("webhook", service.url("/"), { token });
  await sendToChannel(channel, MESSAGE, serving(channel));
  const [heard] = service.heard;
  const time = heard?.headers.get("x-autoborg-timestamp") ?? "";
  assert.equal(time, String(Date.parse("2026-11-22T04:05:00Z") / 1_000));
  const expected = createHmac("sha256", TOKEN).update(`${time}.${heard?.body}`).digest("hex");
  assert.equal(heard?.headers.get("x-autoborg-signature"), `sha256=${expected}`);
  assert.deepEqual(JSON.parse(heard?.body ?? ""), {
    ...{ version: 1, event: "run", state: "failed", name: "web", hostname: "host" },
    ...{ runId: "0123abcd", at: MESSAGE.at, exitCode: 2, title: MESSAGE.title, link: MESSAGE.link },
    text: MESSAGE.lines.map(({ label, text }) => label === "" ? text : `${label}: ${text}`)
      .join("\n"),
    ...{ run: { runId: "0123abcd" }, status: null },
  });
});

Deno.test("a webhook fills its template in, escaped for the type of the body", async () => {
  await using service = new Service(() => new Response("fine"));
  const lines = [{ label: "", text: 'a "b"\\ & c' }];
  const send = async (body: string, type?: string) => {
    const headers = type === undefined ? [] : [new Secret(`Content-Type: ${type}`)];
    const channel = channelTo("webhook", service.url("/"), { body, headers, method: "PUT" });
    await sendToChannel(channel, { ...MESSAGE, lines }, serving(channel));
    return service.heard.at(-1);
  };
  const first = await send('{"text":"{text}","run":"{run}"}');
  assert.deepEqual(JSON.parse(first?.body ?? ""), { text: 'a "b"\\ & c', run: "0123abcd" });
  assert.equal(first?.method, "PUT");
  const form = await send("m={text}", "application/x-www-form-urlencoded");
  assert.equal(new URLSearchParams(form?.body).get("m"), 'a "b"\\ & c');
  assert.equal((await send("{state}: {text}", "text/plain"))?.body, 'failed: a "b"\\ & c');
});
