import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type NightlyShare,
  nightlyShare,
  type PlanPosition,
  positionAfter,
} from "../../lib/verify/nightly_share.ts";
import { slotOfPath, SLOTS } from "../../lib/verify/plan_slots.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-11-22T04:00:00Z");

/** Whether a slot is in a share. */
function isDue({ from, due }: Pick<NightlyShare, "from" | "due">, slot: number): boolean {
  return (slot - from + SLOTS) % SLOTS < due;
}

/** The times of the runs in which a slot is read, when runs are these times apart. */
function readings(cycle: number, gaps: readonly number[], slot: number, history = true): number[] {
  let [now, last] = [START, undefined as PlanPosition | undefined];
  return gaps.flatMap((gap) => {
    now += gap;
    const share = nightlyShare(cycle, now, last);
    if (history) last = positionAfter(share, share.due, now);
    return isDue(share, slot) ? [now] : [];
  });
}

const slot = fc.nat(SLOTS - 1);
const days = fc.integer({ min: 2, max: 120 });

Deno.test("nightlyShare() has each slot due once in a cycle, whatever the hour of each run", () => {
  const hours = fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 300, maxLength: 300 });
  fc.assert(fc.property(slot, days, hours, (slot, cycle, gaps) => {
    const times = readings(cycle * DAY, gaps.map((hours) => hours * 3_600_000), slot);
    const end = START + gaps.reduce((sum, hours) => sum + hours * 3_600_000, 0);
    for (const [index, time] of [...times, end].entries()) {
      assert.ok(time - (times[index - 1] ?? START) <= cycle * DAY + DAY * Number(index === 0));
    }
  }));
});

Deno.test("nightlyShare() gets round without a history, by the date alone", () => {
  fc.assert(fc.property(slot, days, (slot, cycle) => {
    const nights = Array.from({ length: 3 * cycle }, () => DAY);
    const times = readings(cycle * DAY, nights, slot, false);
    for (const [index, time] of times.entries()) {
      assert.ok(time - (times[index - 1] ?? START) <= cycle * DAY);
    }
    assert.ok(times.length >= 2);
  }));
});

Deno.test("nightlyShare() catches up with missed nights, a week's share a run", () => {
  const first = nightlyShare(91 * DAY, START, undefined);
  const last = positionAfter(first, first.due, START);
  const short = nightlyShare(91 * DAY, START + 5 * DAY, last);
  assert.equal(short.from, last.next);
  assert.equal(short.due, Math.ceil(SLOTS * 5 / 90));
  const long = nightlyShare(91 * DAY, START + 20 * DAY, last);
  assert.equal(long.due, Math.ceil(SLOTS * 7 / 90));
  const after = positionAfter(long, long.due, START + 20 * DAY);
  assert.equal(nightlyShare(91 * DAY, START + 21 * DAY, after).due, long.due);
  const third = positionAfter(
    nightlyShare(91 * DAY, START + 21 * DAY, after),
    long.due,
    START + 21 * DAY,
  );
  assert.equal(nightlyShare(91 * DAY, START + 22 * DAY, third).due, long.due);
});

Deno.test("nightlyShare() goes on where the last run ended when it did less than was due", () => {
  fc.assert(fc.property(fc.nat(SLOTS - 1), fc.nat(SLOTS - 1), (from, done) => {
    const share = { from, due: SLOTS / 2, all: SLOTS / 2 };
    const next = nightlyShare(90 * DAY, START, positionAfter(share, done, START));
    assert.equal(next.from, (from + done) % SLOTS);
    assert.equal(next.all, Math.max(0, SLOTS / 2 - done));
  }));
});

Deno.test("nightlyShare() has a day's share due when the clock was set back", () => {
  const last = { at: START + 900 * DAY, next: 7, owed: 0 };
  assert.deepEqual(nightlyShare(91 * DAY, START, last), {
    from: 7,
    due: Math.ceil(SLOTS / 90),
    all: Math.ceil(SLOTS / 90),
  });
});

Deno.test("nightlyShare() never has more due than all there is, and nothing without a cycle", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(SLOTS), days, (passed, owed, cycle) => {
    const share = nightlyShare(cycle * DAY, START + passed, { at: START, next: 0, owed });
    assert.ok(share.due <= share.all && share.all <= SLOTS);
  }));
  assert.equal(nightlyShare(0, START, undefined).due, 0);
  assert.equal(nightlyShare(0, START, { at: 0, next: 5, owed: 0 }).due, 0);
});

Deno.test("nightlyShare() keeps its place when the cycle is changed", () => {
  const last = { at: START - DAY, next: 1_234_567, owed: 0 };
  for (const cycle of [2, 30, 365]) {
    assert.equal(nightlyShare(cycle * DAY, START, last).from, 1_234_567);
  }
});

Deno.test("slotOfPath() spreads paths evenly over the nights, those of one directory, too", () => {
  const count = 20_000;
  const counts = new Array<number>(90).fill(0);
  for (let file = 0; file < count; file += 1) {
    const night = Math.floor(slotOfPath(`srv/photos/2026/IMG_${file}.jpg`) / SLOTS * 90);
    counts[night] = (counts[night] ?? 0) + 1;
  }
  const mean = count / 90;
  const squares = counts.reduce((sum, one) => sum + (one - mean) ** 2 / mean, 0);
  // Chi-squared with 89 degrees of freedom: one such list in a million is above it.
  assert.ok(squares < 166, `${squares}`);
});

Deno.test("slotOfPath() gives a path the same slot for ever", () => {
  assert.equal(slotOfPath("srv/data/report.odt"), SLOT_OF_REPORT);
  assert.notEqual(slotOfPath("srv/data/report.odt"), slotOfPath("srv/data/report.ods"));
});

/** What a release has used must stay: else the plan begins anew with each update. */
const SLOT_OF_REPORT = 624_811_334;
