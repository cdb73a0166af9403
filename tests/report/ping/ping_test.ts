import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/backup/events.ts";
import { Ping, pingUrl } from "../../../lib/report/ping/ping.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import { BAD, runWith } from "../outcomes.ts";

const STARTED: RunEvent = {
  type: "run-started",
  at: new Date("2026-11-22T04:00:00Z"),
  name: "web",
  runId: "0123abcd",
  hostname: "host",
  version: "1.2.3",
  repositories: ["disk"],
  sources: ["/etc"],
};

interface Heard {
  readonly path: string;
  readonly method: string;
  readonly body: string;
}

/** A monitoring service. */
class Service implements AsyncDisposable {
  readonly heard: Heard[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();

  constructor(answer: (count: number) => Response | Promise<Response> = () => new Response("OK")) {
    const options = { port: 0, hostname: "127.0.0.1", signal: this.#stop.signal, onListen() {} };
    this.#server = Deno.serve(options, async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = await request.text();
      this.heard.push({ path: pathname + search, method: request.method, body });
      return await answer(this.heard.length);
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#server.finished;
  }
}

function pingTo(url: string, timeLimit = 2_000, withoutBackup = false): Ping {
  const secret = new Secret(url);
  const mask = createMasker([secret, new Secret("geheim")]);
  return new Ping({ url: secret, mask, timeLimit, pauses: [10, 10], withoutBackup });
}

Deno.test("Ping tells of the start and of the success, with a summary", async () => {
  await using service = new Service();
  const ping = pingTo(service.url("/uuid"));
  ping.handle(STARTED);
  assert.deepEqual(await ping.finish(runWith()), []);
  ping.close();
  assert.deepEqual(service.heard.map(({ method, path }) => `${method} ${path}`), [
    "POST /uuid/start",
    "POST /uuid",
  ]);
  assert.match(service.heard[1]?.body ?? "", /^ok after 4 min 10 s: disk ok$/);
});

Deno.test("Ping tells of a failure with its reasons, without secrets", async () => {
  await using service = new Service();
  const ping = pingTo(service.url("/uuid/?rid=7"));
  const problems = [{ severity: "error", message: "geheim is wrong" } as const];
  await ping.finish(runWith({ state: "failed", repositories: [BAD], problems }));
  const [heard] = service.heard;
  assert.equal(heard?.path, "/uuid/fail?rid=7");
  assert.match(heard?.body ?? "", /^FAILED after .*offsite failed/);
  assert.match(heard?.body ?? "", /^error: \*\*\* is wrong$/m);
  assert.match(heard?.body ?? "", /^error: offsite create: wrong passphrase\nhint: /m);
});

Deno.test("Ping tells of nothing but a failure when the run makes no backup", async () => {
  await using service = new Service();
  const quiet = pingTo(service.url("/uuid"), 2_000, true);
  quiet.handle(STARTED);
  assert.ok(quiet.isSuppressed(runWith()));
  assert.deepEqual(await quiet.finish(runWith()), []);
  await quiet.finish(runWith({ state: "warning" }));
  assert.deepEqual(service.heard, []);
  const failed = runWith({ state: "failed", repositories: [BAD] });
  assert.ok(!quiet.isSuppressed(failed));
  await quiet.finish(failed);
  assert.deepEqual(service.heard.map(({ path }) => path), ["/uuid/fail"]);
});

Deno.test("Ping tries again when the service has trouble", async () => {
  await using service = new Service((count) => new Response("", { status: count < 3 ? 503 : 200 }));
  assert.deepEqual(await pingTo(service.url("/uuid")).finish(runWith()), []);
  assert.equal(service.heard.length, 3);
});

Deno.test("Ping does not try again when the service knows no such url", async () => {
  await using service = new Service(() => new Response("", { status: 404 }));
  const [problem] = await pingTo(service.url("/uuid")).finish(runWith());
  assert.equal(problem?.severity, "warning");
  assert.equal(problem?.message, "Cannot reach ping.url: it answered with status 404");
  assert.equal(service.heard.length, 1);
});

Deno.test("Ping gives up on a service that never answers, and names no url", async () => {
  const hanging = Promise.withResolvers<void>();
  await using service = new Service(() => hanging.promise.then(() => new Response()));
  const ping = pingTo(service.url("/uuid-secret"), 200);
  ping.handle(STARTED);
  const [problem, ...others] = await ping.finish(runWith());
  hanging.resolve();
  assert.deepEqual(others, []);
  assert.equal(problem?.message, "Cannot reach ping.url: it did not answer within 200 ms");
});

Deno.test("Ping does not keep a run that is being stopped, also not with the start", async () => {
  const hanging = Promise.withResolvers<void>();
  await using service = new Service(() => hanging.promise.then(() => new Response()));
  const stop = new AbortController();
  const url = new Secret(service.url("/uuid-secret"));
  const mask = createMasker([url]);
  const ping = new Ping({ url, mask, stopped: stop.signal, stopping: 100, timeLimit: 600_000 });
  ping.handle(STARTED);
  stop.abort();
  const [problem] = await ping.finish(runWith());
  hanging.resolve();
  const reason = "it did not answer at once, and the run is being stopped";
  assert.equal(problem?.message, `Cannot reach ping.url: ${reason}`);
});

Deno.test("Ping says why a service can't be reached, and names no url", async () => {
  const free = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = free.addr;
  free.close();
  const cases = [
    [`http://127.0.0.1:${port}/uuid-secret`, "the connection was refused"],
    ["http://127.0.0.1:22/uuid-secret", "this port is not allowed for HTTP"],
    ["http://[uuid-secret", "it is not a URL"],
  ] as const;
  for (const [url, reason] of cases) {
    const ping = pingTo(url);
    ping.handle(STARTED);
    const problems = await ping.finish(runWith());
    assert.equal(problems[0]?.message, `Cannot reach ping.url: ${reason}`);
    assert.ok(!JSON.stringify(problems).includes("uuid-secret"));
  }
});

Deno.test("pingUrl() puts the signal behind the path and keeps the query", () => {
  assert.equal(pingUrl("https://a.example/x?y=1", "start")?.href, "https://a.example/x/start?y=1");
  assert.equal(pingUrl("https://a.example", "fail")?.href, "https://a.example/fail");
  assert.equal(pingUrl("https://a.example/x/", "success")?.href, "https://a.example/x/");
});
