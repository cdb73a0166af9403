import assert from "node:assert/strict";
import { watchClock } from "../../lib/backup/run_clock.ts";

const STARTED = new Date("2026-11-22T04:00:00Z");
const HOUR = 3_600_000;

/** A clock of which 10 minutes go by while somebody sets it. */
function after(step: number) {
  let [wall, monotonic] = [STARTED.getTime(), 5_000];
  const clock = watchClock(STARTED, { wall: () => wall, monotonic: () => monotonic });
  wall += 600_000 + step;
  monotonic += 600_000;
  const said = clock.problems().map(({ message }) => message);
  return { finished: clock.now().toISOString(), said, jump: clock.jump() };
}

Deno.test("watchClock() measures the run when the clock is set back, and says so", () => {
  const { finished, said } = after(-HOUR);
  assert.equal(finished, "2026-11-22T04:10:00.000Z");
  assert.deepEqual(said, ["The clock was set back by 1 h during the run"]);
  assert.equal(after(-400 * 24 * HOUR).finished, "2026-11-22T04:10:00.000Z");
});

Deno.test("watchClock() takes a clock that went forward for right: the machine may have slept", () => {
  const { finished, said, jump } = after(3 * HOUR);
  assert.equal(finished, "2026-11-22T07:10:00.000Z");
  assert.deepEqual(said, []);
  assert.equal(jump, 3 * HOUR);
});

Deno.test("watchClock() has nothing to say of a small correction", () => {
  for (const step of [0, 2_000, -2_000]) {
    const { said, jump } = after(step);
    assert.deepEqual([said, jump], [[], 0]);
  }
});
