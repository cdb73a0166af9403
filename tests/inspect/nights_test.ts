import assert from "node:assert/strict";
import { falseAlarms, tryAttack } from "./judgement.ts";
import { lifeOf, PROFILES, TWO_YEARS } from "./nights.ts";
import { treeNights } from "./tree_nights.ts";

const SEEDS = [1, 2, 3];
/** Trees made by chance take longer. */
const TREES = [1, 2];

for (const profile of PROFILES) {
  Deno.test(`unusualChange() cries at most once in two years of a ${profile.name}`, () => {
    for (const seed of SEEDS) {
      const nights = lifeOf(profile, seed);
      assert.equal(nights.figures.length, TWO_YEARS);
      const alarms = falseAlarms(nights);
      assert.ok(alarms.length <= 1, `seed ${seed}: nights ${alarms}`);
    }
  });

  Deno.test(`unusualChange() finds an attack on a ${profile.name} in the same night`, () => {
    for (const renames of [false, true]) {
      for (const [share, least] of [[0.05, 0.98], [0.2, 1], [1, 1]] as const) {
        const tries = SEEDS.map((seed) => tryAttack(lifeOf(profile, seed), { share, renames }));
        const found = tries.reduce((sum, one) => sum + one.found, 0);
        const all = tries.reduce((sum, one) => sum + one.found + one.missed.length, 0);
        assert.ok(found >= least * all, `${found} of ${all} with a share of ${share}`);
      }
    }
  });
}

Deno.test("unusualChange() finds an attack on a network share alone", () => {
  const [home] = PROFILES;
  if (home === undefined) throw new Error("there are no profiles");
  const attack = { share: 1, kinds: ["photos", "documents"] };
  assert.deepEqual(tryAttack(lifeOf(home, 1), attack).missed, []);
});

Deno.test("unusualChange() finds attacks on trees made by chance, and seldom cries over them", () => {
  for (const seed of TREES) {
    const nights = treeNights(seed);
    for (const [share, least] of [[0.05, 0.9], [0.2, 1], [1, 1]] as const) {
      const { found, missed } = tryAttack(nights, { share, order: "any" });
      const all = found + missed.length;
      assert.ok(found >= least * all, `seed ${seed}: ${found} of ${all} with a share of ${share}`);
    }
    assert.ok(falseAlarms(nights).length <= 1, `seed ${seed}`);
  }
});
