import assert from "node:assert/strict";
import { type PipelineState, stepCondition } from "../../lib/backup/step_conditions.ts";
import {
  type Inspection,
  type State,
  type Step,
  type StepOutcome,
  STEPS,
} from "../../lib/backup/outcome.ts";
import type { StandingAlarm } from "../../lib/state/ledger.ts";

const STATES = ["ok", "warning", "failed", "skipped"] as const;

function outcome(step: Step, state: State | "skipped"): StepOutcome {
  if (state === "skipped") return { step, state, reason: "not asked for", expected: true };
  const done = { step, state, problems: [], duration: 1 };
  return step === "inspect" ? { ...done, inspection: inspectionWith() } : done;
}

function inspectionWith(...alarms: readonly StandingAlarm[]): Inspection {
  return { archives: 1, oldest: undefined, isComplete: true, alarms, sources: [] };
}

function alarmWith(accepted: boolean): StandingAlarm {
  return {
    ...{ kind: "source-empty", subject: "/srv", message: "it is empty", hint: "fill it" },
    ...{ severity: "warning", raisedBy: "0123abcd", raisedAt: 0, accepted },
  };
}

/** What may have become of the steps before one. */
function* histories(step: Step): Generator<readonly StepOutcome[]> {
  const before = STEPS.slice(0, STEPS.indexOf(step));
  for (let code = 0; code < STATES.length ** before.length; code++) {
    yield before.map((earlier, index) => {
      const state = STATES[Math.floor(code / STATES.length ** index) % STATES.length] ?? "ok";
      return outcome(earlier, state);
    });
  }
}

/** Every state that a step can find. */
function* statesBefore(step: Step): Generator<PipelineState> {
  const skips: readonly (readonly Step[])[] = [[], [step], ["create"], ["check"], ["prune"]];
  for (const before of histories(step)) {
    for (const unusable of [false, true]) {
      for (const stopped of [false, true]) {
        for (const skip of skips) {
          yield { before, unusable, stopped, durable: true, skip: new Set(skip) };
        }
      }
    }
  }
}

function failedStep(state: PipelineState): Step | undefined {
  return state.before.find(({ step, state }) => state === "failed" && step !== "dump")?.step;
}

Deno.test("stepCondition() lets nothing be removed after anything that went wrong", () => {
  for (const step of ["prune", "compact"] as const) {
    for (const state of statesBefore(step)) {
      const inspected = state.before.some((one) =>
        one.step === "inspect" && one.state !== "skipped"
      );
      const wrong = failedStep(state) !== undefined || state.unusable || state.stopped ||
        !inspected;
      const open = !wrong && !state.skip.has(step);
      assert.equal(stepCondition(step, state).open, open, JSON.stringify({ step, ...state }));
    }
  }
});

Deno.test("stepCondition() lets a full repository get room when nothing else went wrong", () => {
  for (const step of ["prune", "compact"] as const) {
    for (const state of statesBefore(step)) {
      // Of dumps it decides for each database whether its archives are pruned.
      const [create, ...others] = state.before.filter((one) => one.step !== "dump");
      const inspected = others.some((one) => one.step === "inspect" && one.state !== "skipped");
      const wrong = others.some((one) => one.state === "failed") || state.unusable || state.stopped;
      const open = create?.state === "failed" && inspected && !wrong && !state.skip.has(step);
      if (create?.state !== "failed") continue;
      const judged = stepCondition(step, { ...state, full: true });
      assert.equal(judged.open, open, JSON.stringify({ step, ...state }));
    }
  }
  const before = [outcome("create", "failed")];
  const state = { before, unusable: false, stopped: false, durable: true, skip: new Set<Step>() };
  assert.equal(stepCondition("verify", { ...state, full: true }).open, false);
});

Deno.test("stepCondition() lets nothing be removed while an alarm is open", () => {
  const before = (accepted: boolean): readonly StepOutcome[] => [{
    ...{ step: "inspect", state: "warning", problems: [], duration: 1 },
    inspection: inspectionWith(alarmWith(accepted)),
  }];
  for (const step of ["prune", "compact"] as const) {
    const state = { unusable: false, stopped: false, durable: true, skip: new Set<Step>() };
    assert.deepEqual(stepCondition(step, { ...state, before: before(false) }), {
      ...{ open: false, expected: false, reason: "suspended by an alarm: source-empty" },
    });
    assert.ok(stepCondition(step, { ...state, before: before(true) }).open);
  }
});

Deno.test("stepCondition() lets dump, create, inspect and check be done whenever the repository can be worked with", () => {
  for (const step of ["dump", "create", "inspect", "check"] as const) {
    for (const state of statesBefore(step)) {
      const open = !state.unusable && !state.stopped && !state.skip.has(step);
      assert.equal(stepCondition(step, state).open, open, JSON.stringify({ step, ...state }));
    }
  }
});

Deno.test("stepCondition() lets nothing be verified that was not made", () => {
  for (const state of statesBefore("verify")) {
    if (state.skip.has("create") || failedStep(state) !== undefined) {
      assert.ok(!stepCondition("verify", state).open, JSON.stringify(state));
    }
  }
});

Deno.test("stepCondition() starts nothing when the run is being stopped, nor what is left out", () => {
  for (const step of STEPS) {
    for (const state of statesBefore(step)) {
      if (state.stopped || state.skip.has(step)) assert.ok(!stepCondition(step, state).open);
    }
  }
});

Deno.test("stepCondition() says why, and whether that was requested", () => {
  const clean = { before: [], unusable: false, stopped: false, durable: true };
  const nothing: ReadonlySet<Step> = new Set();
  assert.deepEqual(stepCondition("prune", { ...clean, skip: new Set(["prune"]) }), {
    open: false,
    reason: "excluded by --skip",
    expected: true,
  });
  assert.deepEqual(stepCondition("prune", { ...clean, stopped: true, skip: nothing }), {
    open: false,
    reason: "the run was stopped",
    expected: false,
  });
  assert.deepEqual(
    stepCondition("prune", { ...clean, before: [outcome("check", "failed")], skip: nothing }),
    { open: false, reason: "check failed", expected: false },
  );
  assert.deepEqual(stepCondition("prune", { ...clean, skip: nothing }), {
    open: false,
    reason: "the repository was not inspected",
    expected: false,
  });
  const inspected = { ...clean, before: [outcome("inspect", "ok")], skip: nothing };
  assert.ok(stepCondition("prune", inspected).open);
  assert.deepEqual(stepCondition("prune", { ...inspected, durable: false }), {
    open: false,
    reason: "the history can't be written",
    expected: false,
  });
});
