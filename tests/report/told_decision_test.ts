import assert from "node:assert/strict";
import { decide, type Wish } from "../../lib/report/told_decision.ts";
import type { Told } from "../../lib/state/told_state.ts";

const DAY = 86_400_000;
const REMIND = 7 * DAY;

type Night = readonly [state: Told["state"], ...bad: readonly string[]];

/** Which nights are told, and how. */
function told(when: Wish["when"], nights: readonly Night[], remind = REMIND): readonly string[] {
  let last: Told | undefined;
  return nights.flatMap(([state, ...bad], night) => {
    const { send, kind, next } = decide({ when, remind }, last, { state, bad, now: night * DAY });
    last = next;
    return send ? [`${night} ${state} ${kind}`] : [];
  });
}

const OK: Night = ["ok"];
const BAD: Night = ["failed", "offsite failed"];

Deno.test("decide() tells of changes alone in a month with three bad nights", () => {
  const month = Array.from({ length: 30 }, (_, night) => [9, 10, 20].includes(night) ? BAD : OK);
  assert.deepEqual(told("changes", month), [
    "9 failed plain",
    "11 ok good-again",
    "20 failed plain",
    "21 ok good-again",
  ]);
  assert.equal(told("problems", month).length, 3);
  assert.equal(told("always", month).length, 30);
});

Deno.test("decide() repeats a state that stays bad once in each interval", () => {
  const month = Array.from({ length: 30 }, (_, night) => night < 2 ? OK : BAD);
  assert.deepEqual(told("changes", month), [
    "2 failed plain",
    "9 failed still-bad",
    "16 failed still-bad",
    "23 failed still-bad",
  ]);
  assert.deepEqual(told("changes", month, 0), ["2 failed plain"]);
});

Deno.test("decide() tells when something else fails as well, or the same again", () => {
  const both: Night = ["failed", "offsite failed", "disk failed"];
  assert.deepEqual(told("changes", [OK, BAD, both, both, BAD, both, OK]), [
    "1 failed plain",
    "2 failed still-bad",
    "5 failed still-bad",
    "6 ok good-again",
  ]);
  assert.deepEqual(told("changes", [OK, ["warning", "run warning"], BAD]), [
    "1 warning plain",
    "2 failed still-bad",
  ]);
});

Deno.test("decide() says nothing at first when all is well", () => {
  assert.deepEqual(told("changes", [OK, OK]), []);
});
