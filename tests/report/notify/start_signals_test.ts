import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/backup/events.ts";
import { channelsOf } from "../../../lib/config/notify_channel.ts";
import { StartSignals } from "../../../lib/report/notify/start_signals.ts";
import { Secret } from "../../../lib/text/secret.ts";
import { channelTo, json, Service, serving } from "./service.ts";

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

/** The signals to channels, and the lines of the log about them. */
function signalsTo(
  channels: ConstructorParameters<typeof StartSignals>[0],
  different: Partial<ConstructorParameters<typeof StartSignals>[1]> = {},
): { readonly signals: StartSignals; readonly notes: string[] } {
  const notes: string[] = [];
  const [channel = channelTo("ntfy", "http://127.0.0.1/x")] = channels;
  const signals = new StartSignals(channels, {
    ...serving(channel),
    note: (_level, text) => void notes.push(text),
    ...different,
  });
  return { signals, notes };
}

Deno.test("StartSignals tells of the beginning, with the id that the end will have", async () => {
  await using service = new Service(() => new Response("OK"));
  const url = new Secret(service.url("/uuid/?create=1"));
  const { signals, notes } = signalsTo(channelsOf({ notify: [], ping: { url } }));
  signals.handle(STARTED);
  await signals.settled("ping");
  assert.deepEqual(notes, []);
  assert.deepEqual(service.heard.map(({ method, path, body }) => `${method} ${path} ${body}`), [
    "POST /uuid/start?create=1&rid=0123abcd-0000-4000-8000-0123abcd0000 " +
    "autoborg 1.2.3: run 0123abcd of web",
  ]);
});

Deno.test("StartSignals tells none that knows no beginning, or does not hear of each end", async () => {
  await using service = new Service(() => json({ id: "x" }));
  const channels = [
    channelTo("ntfy", service.url("/topic"), { when: "always" }),
    channelTo("healthchecks", service.url("/uuid"), { label: "other", when: "problems" }),
  ];
  const { signals } = signalsTo(channels);
  signals.handle(STARTED);
  for (const { label } of channels) await signals.settled(label);
  assert.deepEqual(service.heard, []);
});

Deno.test("StartSignals tries again when the service is busy", async () => {
  await using service = new Service((count) =>
    new Response("OK", { status: count < 3 ? 503 : 200 })
  );
  const third = Promise.withResolvers<void>();
  const answer = service.answer;
  service.answer = (count, request) => {
    if (count === 3) third.resolve();
    return answer(count, request);
  };
  const channel = channelTo("healthchecks", service.url("/uuid"), { when: "always" });
  const { signals, notes } = signalsTo([channel]);
  signals.handle(STARTED);
  await third.promise;
  await signals.settled("phone");
  assert.deepEqual(notes, []);
});

Deno.test("StartSignals leaves a line in the log when the service refuses, and does not ask again", async () => {
  await using service = new Service(() => new Response("not found", { status: 404 }));
  const channel = channelTo("healthchecks", service.url("/uuid-geheim"), { when: "always" });
  const { signals, notes } = signalsTo([channel]);
  signals.handle(STARTED);
  await signals.settled("phone");
  assert.deepEqual(notes, [
    'Cannot notify "phone" (Healthchecks): it answered 404 "not found"; the start of the run was ' +
    "not reported",
  ]);
  assert.equal(service.heard.length, 1);
});

Deno.test("StartSignals keeps no run that is being stopped from ending", async () => {
  const never = Promise.withResolvers<Response>();
  await using service = new Service(() => never.promise);
  const stop = new AbortController();
  const channel = channelTo("healthchecks", service.url("/uuid"), { when: "always" });
  const { signals, notes } = signalsTo([channel], { timeLimit: 600_000, signal: stop.signal });
  signals.handle(STARTED);
  stop.abort();
  await signals.settled("phone");
  assert.match(notes[0] ?? "", /it did not answer at once, and the run is being stopped/);
  never.resolve(new Response());
});
