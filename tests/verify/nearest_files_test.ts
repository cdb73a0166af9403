import assert from "node:assert/strict";
import fc from "fast-check";
import { NearestFiles } from "../../lib/verify/nearest_files.ts";
import { SLOTS } from "../../lib/verify/plan_slots.ts";

const slots = fc.array(fc.nat(SLOTS - 1), { maxLength: 200 });

function nearest(share: { from: number; due: number }, least: number, most: number, all: number[]) {
  const files = new NearestFiles({ ...share, all: share.due }, least, most);
  for (const [index, slot] of all.entries()) files.offer("srv/", `f${index}`, slot);
  return files;
}

Deno.test("NearestFiles keeps every file that is due, and the nearest ones when these are few", () => {
  fc.assert(
    fc.property(slots, fc.nat(SLOTS - 1), fc.nat(SLOTS), fc.nat(30), (all, from, due, least) => {
      const found = nearest({ from, due }, least, Infinity, all);
      const distances = all.map((slot) => (slot - from + SLOTS) % SLOTS).sort((a, b) => a - b);
      const kept = found.files.map(({ distance }) => distance);
      const wanted = distances.filter((distance, index) => index < least || distance < due);
      assert.deepEqual(kept.slice(0, wanted.length), wanted);
      // It knows all files of the slots that it says it covers.
      assert.deepEqual(kept, distances.filter((distance) => distance < found.covered));
    }),
  );
});

Deno.test("NearestFiles keeps no more than it may, and says how far they reach", () => {
  const all = Array.from({ length: 20_000 }, (_, index) => index * 200_000);
  const found = nearest({ from: 0, due: SLOTS }, 20, 1_000, all);
  assert.equal(found.files.length, 1_000);
  assert.equal(found.covered, 1_000 * 200_000);
  assert.equal(found.files[999]?.path, "srv/f999");
});

Deno.test("NearestFiles covers everything when nothing had to be dropped", () => {
  const found = nearest({ from: 5, due: 0 }, 20, Infinity, [3, 9]);
  assert.deepEqual(found.files.map(({ path }) => path), ["srv/f1", "srv/f0"]);
  assert.equal(found.covered, SLOTS);
});
