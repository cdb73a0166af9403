import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import { STEPS } from "../../lib/backup/outcome.ts";
import { type PipelineContext, RepositoryPipeline } from "../../lib/backup/repository_pipeline.ts";
import { BorgDouble } from "../borg/double.ts";
import { emptyMemory, planWith, TARGET } from "./plans.ts";

/** A pipeline with a Borg in memory, and what it said. */
async function runPipeline(more: Partial<PipelineContext>) {
  const events: RunEvent[] = [];
  const pipeline = new RepositoryPipeline({
    plan: planWith({ skip: new Set(["create", "check", "prune", "compact"]) }),
    target: TARGET,
    outer: {},
    start: new BorgDouble().start,
    clocks: { wall: () => 0, monotonic: () => 0 },
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    sources: undefined,
    missing: [],
    absent: [],
    look: { roots: [], facts: [], passedOver: [] },
    memory: emptyMemory({ hasCreated: () => true }),
    verifyFiles: [],
    ...more,
  });
  await pipeline.backUp();
  return { outcome: await pipeline.maintain(), events };
}

function reasons(outcome: Awaited<ReturnType<typeof runPipeline>>["outcome"]) {
  assert.ok(outcome.state !== "absent");
  return Object.fromEntries(outcome.steps.map((step) => {
    return [step.step, step.state === "skipped" ? step.reason : step.state];
  }));
}

Deno.test("RepositoryPipeline tells of every step, in their order, and of its end", async () => {
  const { outcome, events } = await runPipeline({});
  assert.equal(outcome.state, "ok");
  const finished = events.flatMap((event) => {
    return event.type === "step-finished" ? [event.outcome.step] : [];
  });
  assert.deepEqual(finished, [...STEPS]);
  assert.deepEqual(events.at(-1), { type: "repository-finished", outcome });
});

Deno.test("RepositoryPipeline fails when nothing is left of the sources", async () => {
  const { outcome } = await runPipeline({ plan: planWith({ skip: new Set(["check"]) }) });
  assert.equal(outcome.state, "failed");
  const steps = reasons(outcome);
  assert.equal(steps.create, "failed");
  assert.equal(steps.prune, "create failed");
  assert.equal(steps.compact, "create failed");
});

Deno.test("RepositoryPipeline does nothing, and is no success, when the run was stopped", async () => {
  const controller = new AbortController();
  controller.abort({ kind: "signal", signal: "SIGTERM" });
  const { outcome } = await runPipeline({
    plan: planWith({ skip: new Set([]) }),
    signal: controller.signal,
  });
  assert.equal(outcome.state, "failed");
  for (const reason of Object.values(reasons(outcome))) {
    assert.equal(reason, "the run was stopped");
  }
});

Deno.test("RepositoryPipeline leaves out a check that is not due or not enabled", async () => {
  const plan = planWith({ skip: new Set(["create", "prune", "compact"]) });
  const every = 7 * 24 * 3_600_000;
  const target = { ...TARGET, check: { enabled: true, verifyData: false, every } };
  const memory = emptyMemory({
    hasCreated: () => true,
    lastCheck: () => new Date("2026-11-20T04:00:00Z"),
  });
  const early = await runPipeline({ plan, target, memory });
  assert.equal(
    reasons(early.outcome).check,
    "not due yet: the last good check was at 2026-11-20T04:00Z",
  );
  const disabled = { ...TARGET, check: { enabled: false, verifyData: false, every: 0 } };
  const off = await runPipeline({ plan, target: disabled });
  assert.equal(reasons(off.outcome).check, "check is not enabled");
});

Deno.test("RepositoryPipeline checks when the last check lies in the future", async () => {
  // A clock that was wrong once must not keep the check from ever being done again.
  const plan = planWith({ skip: new Set(["create", "prune", "compact"]) });
  const every = 24 * 3_600_000;
  const target = { ...TARGET, check: { enabled: true, verifyData: false, every } };
  const memory = emptyMemory({
    hasCreated: () => true,
    lastCheck: () => new Date("2030-01-01T00:00:00Z"),
  });
  const { outcome } = await runPipeline({ plan, target, memory, outer: { PATH: "/nowhere" } });
  assert.ok(!reasons(outcome).check?.startsWith("not due yet"));
});
