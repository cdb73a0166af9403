import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import { STEPS } from "../../lib/backup/outcome.ts";
import { type PipelineContext, RepositoryPipeline } from "../../lib/backup/repository_pipeline.ts";
import { BorgDouble, logLine } from "../borg/double.ts";
import { firstChecks } from "../../lib/state/check_ledger.ts";
import { localTime } from "../../lib/text/local_time.ts";
import { emptyMemory, NO_WAITING, planWith, TARGET } from "./plans.ts";

/** A pipeline with a Borg in memory, and what it said. */
async function runPipeline(more: Partial<PipelineContext>) {
  const events: RunEvent[] = [];
  const pipeline = new RepositoryPipeline({
    plan: planWith({ skip: new Set(["create", "check", "prune", "compact"]) }),
    target: TARGET,
    inherited: {},
    start: new BorgDouble().start,
    clocks: { wall: () => 0, monotonic: () => 0 },
    waiting: NO_WAITING,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    sources: undefined,
    missing: [],
    absent: [],
    look: { roots: [], facts: [], passedOver: [], mounts: undefined },
    memory: emptyMemory({ hasCreated: () => true }),
    verification: undefined,
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
  // Nothing is dumped into it.
  assert.deepEqual(finished, STEPS.filter((step) => !/dump/.test(step)));
  assert.deepEqual(events.at(-1), { type: "repository-finished", outcome });
});

Deno.test("RepositoryPipeline is ok when the run is stopped after its last step", async () => {
  const stop = new AbortController();
  const memory = emptyMemory({
    hasCreated: () => true,
    // Asked when all steps are done, for how much space is left.
    sizes: () => {
      stop.abort();
      return [];
    },
  });
  const { outcome } = await runPipeline({ memory, signal: stop.signal });
  assert.equal(stop.signal.aborted, true);
  assert.equal(outcome.state, "ok");
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
  const target = { ...TARGET, check: { ...TARGET.check, repositoryEvery: 7 * 24 * 3_600_000 } };
  const memory = emptyMemory({ hasCreated: () => true });
  const completedAt = Date.parse("2026-11-20T04:00:00Z");
  await runPipeline({ plan, target, memory });
  memory.noteChecks({ ...memory.checks().repository ?? firstChecks("", 0), completedAt });
  const early = await runPipeline({ plan, target, memory });
  assert.equal(
    reasons(early.outcome).check,
    `not due yet: the last complete check was at ${localTime(completedAt)}`,
  );
  const disabled = { ...TARGET, check: { ...TARGET.check, enabled: false } };
  const off = await runPipeline({ plan, target: disabled });
  assert.equal(reasons(off.outcome).check, "check is not enabled");
});

Deno.test("RepositoryPipeline suspends prune as long as damage stands that a check has found", async () => {
  const plan = planWith({ skip: new Set(["create"]) });
  const target = { ...TARGET, retention: { keepDaily: 7 } };
  const memory = emptyMemory({ hasCreated: () => true });
  const damage = "the check found damage: segment 5";
  memory.noteChecks({ ...firstChecks("", 0), damage });
  const start = new BorgDouble();
  const part = "finished partial segment check, last segment checked is 7";
  start.set("borg check", { stderr: [logLine("INFO", part)], duration: 3_600_000 });
  const { outcome } = await runPipeline({ plan, target, memory, start: start.start });
  assert.equal(reasons(outcome).check, "failed");
  assert.equal(reasons(outcome).prune, "check failed");
});
