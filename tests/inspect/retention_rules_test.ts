import assert from "node:assert/strict";
import fc from "fast-check";
import type { RetentionRules } from "../../lib/borg/commands.ts";
import { keptByRules } from "../../lib/inspect/retention_rules.ts";

const NOW = new Date("2026-11-29T12:00:00Z");
const DAY = 86_400_000;

function nights(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: String(index),
    startedAt: new Date(NOW.getTime() - index * DAY),
  }));
}

function kept(count: number, rules: RetentionRules): readonly number[] {
  return [...keptByRules(nights(count), rules, NOW)].map(Number).toSorted((a, b) => a - b);
}

Deno.test("keptByRules() keeps nothing without rules, and all when asked to", () => {
  assert.deepEqual(kept(5, {}), []);
  assert.deepEqual(kept(5, { keepDaily: 0, keepWithin: 0 }), []);
  assert.deepEqual(kept(5, { keepDaily: -1 }), [0, 1, 2, 3, 4]);
});

Deno.test("keptByRules() counts an archive for the first rule that keeps it alone", () => {
  assert.deepEqual(kept(60, { keepLast: 2, keepDaily: 3 }), [0, 1, 2, 3, 4]);
  // 2026-11-29 is a Sunday: the newest archives of the weeks before are of Sundays.
  assert.deepEqual(kept(60, { keepDaily: 7, keepWeekly: 2 }), [0, 1, 2, 3, 4, 5, 6, 7, 14]);
  assert.deepEqual(kept(60, { keepMonthly: 2 }), [0, 29]);
});

Deno.test("keptByRules() keeps the oldest archive too when a rule is not used up, as Borg does", () => {
  const oldest = (count: number, rules: RetentionRules) => [
    ...keptByRules(nights(count), rules, NOW, { oldest: true }),
  ];
  assert.deepEqual(oldest(10, { keepLast: 2, keepMonthly: 12 }), ["0", "1", "9"]);
  assert.deepEqual(oldest(10, { keepLast: 2 }), ["0", "1"]);
  assert.deepEqual(oldest(0, { keepLast: 2 }), []);
});

Deno.test("keptByRules() keeps every archive that is young enough", () => {
  assert.deepEqual(kept(9, { keepWithin: 2.5 * DAY }), [0, 1, 2]);
});

Deno.test("keptByRules() never keeps less when a rule keeps more", () => {
  const count = fc.integer({ min: 0, max: 9 });
  const rules = fc.record({ keepLast: count, keepDaily: count, keepMonthly: count });
  fc.assert(fc.property(rules, fc.nat(200), (rules, archives) => {
    const more = { ...rules, keepMonthly: rules.keepMonthly + 1 };
    const all = new Set(kept(archives, more));
    assert.ok(kept(archives, rules).every((archive) => all.has(archive)));
  }));
});
