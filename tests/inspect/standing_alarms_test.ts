import assert from "node:assert/strict";
import { type Alarm, ALARM_KINDS, type AlarmKind } from "../../lib/alarm.ts";
import { standingAlarms } from "../../lib/inspect/standing_alarms.ts";
import type { StandingAlarm } from "../../lib/state/ledger.ts";

function alarm(kind: AlarmKind, message = "first"): Alarm {
  return { kind, subject: "/srv", message, hint: "look", severity: "warning" };
}

function standing(kind: AlarmKind, accepted = false): StandingAlarm {
  return { ...alarm(kind), raisedBy: "0000000a", raisedAt: 1, accepted };
}

function after(
  before: readonly StandingAlarm[],
  raised: readonly Alarm[],
  looked: () => boolean = () => true,
) {
  return standingAlarms(before, { runId: "0000000b", at: 2, raised, looked });
}

Deno.test("standingAlarms() opens an alarm that is raised for the first time", () => {
  assert.deepEqual(after([], [alarm("source-empty")]), [
    { ...alarm("source-empty"), raisedBy: "0000000b", raisedAt: 2, accepted: false },
  ]);
});

Deno.test("standingAlarms() keeps when an alarm was raised, and says how it is now", () => {
  const [now] = after([standing("source-empty")], [alarm("source-empty", "second")]);
  assert.deepEqual(now, { ...standing("source-empty"), message: "second" });
});

Deno.test("standingAlarms() keeps what was accepted as long as its reason lasts", () => {
  const accepted = standing("expectation-unmet", true);
  assert.deepEqual(after([accepted], [alarm("expectation-unmet")]), [accepted]);
  assert.deepEqual(after([accepted], []), []);
});

Deno.test("standingAlarms() clears what is not raised again, but for an unusual change", () => {
  for (const kind of ALARM_KINDS) {
    const left = after([standing(kind)], []);
    assert.equal(left.length, kind === "unusual-change" ? 1 : 0, kind);
  }
});

Deno.test("standingAlarms() clears nothing that was not looked for", () => {
  assert.deepEqual(after([standing("source-empty")], [], () => false), [standing("source-empty")]);
});
