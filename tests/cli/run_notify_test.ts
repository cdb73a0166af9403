import assert from "node:assert/strict";
import { RunNotifier, startSignals } from "../../lib/cli/run_notify.ts";
import { makePlan } from "../../lib/backup/plan.ts";
import type { RunOutcome } from "../../lib/backup/outcome.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { RunHistory } from "../../lib/report/history/run_history.ts";
import { BAD, runWith } from "../report/outcomes.ts";
import { json, Service } from "../report/notify/service.ts";
import { createMasker } from "../../lib/text/secret.ts";
import { Scene } from "./scene.ts";

const DAY = 86_400_000;
const FIRST = Date.parse("2026-11-01T04:00:00Z");
const BAD_NIGHTS = [9, 10, 20];

/** The end of the run of a night; the three bad ones fail in one repository. */
function nightOf(night: number): RunOutcome {
  const startedAt = new Date(FIRST + night * DAY);
  const finishedAt = new Date(startedAt.getTime() + 250_000);
  const different = { startedAt, finishedAt };
  return BAD_NIGHTS.includes(night)
    ? runWith({ ...different, state: "failed", repositories: [BAD] })
    : runWith(different);
}

Deno.test("RunNotifier counts its messages in a month with three bad nights", async () => {
  await using service = new Service((_, { path }) =>
    path.startsWith("/ping") ? new Response("OK") : json({ id: "abc" })
  );
  const ntfy = (label: string, when: string) => ({
    ...{ kind: "ntfy", label, when, url: service.url(`/topic-of-${label}`) },
  });
  using scene = new Scene({
    notify: [
      ...["changes", "problems", "always"].map((when) => ntfy(when, when)),
      { kind: "healthchecks", url: service.url("/ping/uuid") },
    ],
  });
  const { config, secrets } = await loadConfig(scene.at("config.toml"), {});
  const stop = new AbortController();
  for (let night = 0; night < 30; night++) {
    const outcome = nightOf(night);
    const plan = makePlan(config, {
      runId: "0123abcd",
      startedAt: outcome.startedAt,
      hostname: "host",
      machine: "machine",
      repositories: [],
      skip: [],
    });
    const history = new RunHistory(scene.at("state/history.db"), "web");
    const run = { config, plan, signal: stop.signal, mask: createMasker(secrets), emit() {} };
    const { first, again } = new RunNotifier({ ...run, history, starts: startSignals(run) }).sinks;
    assert.deepEqual(await first.write(outcome, false), []);
    assert.deepEqual(await again.write(outcome, false), []);
  }
  const topics = service.heard.filter(({ path }) => path === "/")
    .map(({ body }) => JSON.parse(body).topic);
  const count = (label: string) => topics.filter((topic) => topic === `topic-of-${label}`).length;
  assert.equal(count("changes"), 4, "two troubles, and the end of each");
  assert.equal(count("problems"), 3);
  assert.equal(count("always"), 30);
  const pings = service.heard.filter(({ path }) => path.startsWith("/ping"));
  assert.equal(pings.length, 30);
  assert.equal(pings.filter(({ path }) => path.startsWith("/ping/uuid/2?rid=")).length, 3);
});
