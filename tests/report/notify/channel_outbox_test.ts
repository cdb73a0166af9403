import assert from "node:assert/strict";
import { channelsOf } from "../../../lib/config/notify_channel.ts";
import { serveChannel } from "../../../lib/report/notify/channel_outbox.ts";
import { NotifySpool } from "../../../lib/state/notify_spool.ts";
import { Secret } from "../../../lib/text/secret.ts";
import { channelTo, json, MESSAGE, Service, serving } from "./service.ts";

class Directory implements Disposable {
  readonly path = Deno.makeTempDirSync();
  readonly spool = new NotifySpool(this.path, "web", "phone");

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function messageOf(day: number): typeof MESSAGE {
  const date = `2026-11-${String(day).padStart(2, "0")}T04:00:00Z`;
  return { ...MESSAGE, id: `web-${date}-0123abcd`, at: date, lines: [{ label: "", text: date }] };
}

const TAKEN = () => json({ id: "abc" });

Deno.test("serveChannel() keeps what is not taken, and sends it late with its age", async () => {
  using directory = new Directory();
  const { spool } = directory;
  await using service = new Service(() => new Response("busy", { status: 503 }));
  const channel = channelTo("ntfy", service.url("/topic"));
  const [problem] = await serveChannel(channel, messageOf(20), serving(channel, spool));
  assert.match(
    problem?.message ?? "",
    /^Cannot notify "phone" \(ntfy\): it answered 503 "busy"; 1 message is waiting in "/,
  );
  assert.equal(service.heard.length, 3);
  assert.match((await spool.failure())?.reason ?? "", /503 "busy"/);
  service.answer = TAKEN;
  assert.deepEqual(await serveChannel(channel, messageOf(22), serving(channel, spool)), []);
  const texts = service.heard.slice(3).map(({ body }) => JSON.parse(body).message);
  assert.equal(texts[0], "2026-11-22T04:00:00Z");
  assert.match(texts[1] ?? "", /^delayed: written 2 d ago, at .*\n2026-11-20T04:00:00Z$/);
  assert.equal(await spool.failure(), undefined);
  assert.deepEqual(await spool.list(), []);
});

Deno.test("serveChannel() does not try again when the answer would be the same", async () => {
  using directory = new Directory();
  await using service = new Service(() => json({ error: "forbidden" }, 403));
  const channel = channelTo("ntfy", service.url("/topic"));
  const [problem] = await serveChannel(channel, messageOf(20), serving(channel, directory.spool));
  assert.equal(service.heard.length, 1);
  assert.match(
    problem?.hint ?? "",
    /^Check token of this \[\[notify\]\]; try again: .*test-notify phone/,
  );
});

Deno.test("serveChannel() waits as long as the service says, or leaves it to the next run", async () => {
  using directory = new Directory();
  const busy = (seconds: string) =>
    new Response("", { status: 429, headers: { "retry-after": seconds } });
  await using service = new Service((count) => count === 1 ? busy("0") : TAKEN());
  const channel = channelTo("ntfy", service.url("/topic"));
  assert.deepEqual(
    await serveChannel(channel, messageOf(20), serving(channel, directory.spool)),
    [],
  );
  assert.equal(service.heard.length, 2);
  service.answer = () => busy("3600");
  await serveChannel(channel, messageOf(21), serving(channel, directory.spool));
  assert.equal(service.heard.length, 3);
  assert.equal((await directory.spool.list()).length, 1);
});

Deno.test("serveChannel() leaves a service alone as long as it asked for, also in later runs", async () => {
  using directory = new Directory();
  const { spool } = directory;
  await using service = new Service(() =>
    new Response("", { status: 429, headers: { "retry-after": "3600" } })
  );
  const channel = channelTo("ntfy", service.url("/topic"));
  const at = (minutes: number) => ({
    now: () => new Date(Date.parse("2026-11-22T04:05:00Z") + minutes * 60_000),
  });
  const [busy] = await serveChannel(channel, messageOf(20), serving(channel, spool, at(0)));
  assert.match(busy?.hint ?? "", /^The next run tries again; with when = "changes" there are/);
  assert.equal(service.heard.length, 1);
  service.answer = TAKEN;
  await serveChannel(channel, undefined, serving(channel, spool, at(10)));
  const [early] = await serveChannel(channel, messageOf(21), serving(channel, spool, at(20)));
  assert.match(
    early?.message ?? "",
    /: it asked to be left alone until 2026-11-22 05:05 \+00:00; 2 messages are waiting/,
  );
  assert.equal(service.heard.length, 1);
  assert.deepEqual(await serveChannel(channel, undefined, serving(channel, spool, at(61))), []);
  assert.equal(service.heard.length, 3);
  assert.deepEqual(await spool.list(), []);
});

Deno.test("serveChannel() advises no key that [ping] does not have", async () => {
  await using service = new Service(() => new Response("OK (rate limited)"));
  const [ping] = channelsOf({ notify: [], ping: { url: new Secret(service.url("/uuid")) } });
  assert.ok(ping !== undefined);
  const [busy] = await serveChannel(ping, messageOf(20), serving(ping));
  assert.equal(busy?.hint, "The next run tries again");
});

Deno.test("serveChannel() leaves no service alone for longer than a day", async () => {
  using directory = new Directory();
  await using service = new Service(() =>
    new Response("", { status: 429, headers: { "retry-after": "999999999" } })
  );
  const channel = channelTo("ntfy", service.url("/topic"));
  const { spool } = directory;
  await serveChannel(channel, messageOf(20), serving(channel, spool));
  service.answer = TAKEN;
  const now = () => new Date("2026-11-23T04:06:00Z");
  assert.deepEqual(await serveChannel(channel, undefined, serving(channel, spool, { now })), []);
});

Deno.test("serveChannel() sends no heartbeat of another day", async () => {
  using directory = new Directory();
  const { spool } = directory;
  await using service = new Service(() => new Response("", { status: 500 }));
  const channel = channelTo("healthchecks", service.url("/uuid"));
  for (const day of [19, 20]) await serveChannel(channel, messageOf(day), serving(channel, spool));
  assert.equal((await spool.list()).length, 2);
  service.answer = () => new Response("OK");
  service.heard.length = 0;
  await serveChannel(channel, messageOf(21), serving(channel, spool));
  assert.equal(service.heard.length, 1);
  assert.deepEqual(await spool.list(), []);
});

Deno.test("serveChannel() leaves what waits to the process that sends it now", async () => {
  using directory = new Directory();
  const { spool } = directory;
  await using service = new Service(TAKEN);
  spool.add(messageOf(20).id, new TextEncoder().encode(JSON.stringify(messageOf(20))));
  using _held = await spool.lock();
  const channel = channelTo("ntfy", service.url("/topic"));
  await serveChannel(channel, messageOf(21), serving(channel, spool));
  assert.equal(service.heard.length, 1);
  assert.equal((await spool.list()).length, 1);
});

Deno.test("serveChannel() moves a damaged message aside and goes on", async () => {
  using directory = new Directory();
  const { spool } = directory;
  await using service = new Service(TAKEN);
  spool.add(messageOf(20).id, new TextEncoder().encode('{"at":'));
  spool.add(messageOf(21).id, new TextEncoder().encode(JSON.stringify(messageOf(21))));
  const channel = channelTo("ntfy", service.url("/topic"));
  const problems = await serveChannel(channel, undefined, serving(channel, spool));
  assert.match(
    problems[0]?.message ?? "",
    /^The waiting message ".*" is damaged; it is moved aside/,
  );
  assert.equal(service.heard.length, 1);
});

Deno.test("serveChannel() still sends when the run is being stopped, but not for long", async () => {
  using directory = new Directory();
  const never = Promise.withResolvers<Response>();
  await using service = new Service((count) => count === 1 ? TAKEN() : never.promise);
  const channel = channelTo("ntfy", service.url("/topic"));
  const options = {
    ...serving(channel, directory.spool, { timeLimit: 600_000 }),
    signal: AbortSignal.abort(),
  };
  assert.deepEqual(await serveChannel(channel, messageOf(20), options), []);
  const [problem] = await serveChannel(channel, messageOf(21), options);
  assert.match(
    problem?.message ?? "",
    /did not answer at once, and the run is being stopped; 1 mes/,
  );
  never.resolve(TAKEN());
});

Deno.test("serveChannel() sends although nothing can be written down", async () => {
  await using service = new Service(TAKEN);
  const spool = new NotifySpool("/proc/nothing", "web", "phone");
  const channel = channelTo("ntfy", service.url("/topic"));
  const problems = await serveChannel(channel, messageOf(20), serving(channel, spool));
  assert.equal(service.heard.length, 1);
  assert.ok(problems.length > 0);
});
