import assert from "node:assert/strict";
import type { RetentionRules } from "../../lib/borg/commands.ts";
import { keptByRules } from "../../lib/inspect/retention_rules.ts";
import { lines, Place } from "./place.ts";

/** Several archives a day, days and months without any, and the turn of a year. */
const STARTS = [
  ...["2025-06-01T10:00:00", "2025-06-30T10:00:00", "2025-12-28T23:30:00", "2025-12-29T00:30:00"],
  ...["2025-12-31T12:00:00", "2026-01-01T12:00:00", "2026-01-02T01:00:00", "2026-01-02T13:00:00"],
  ...["2026-02-14T04:00:00", "2026-02-15T04:00:00", "2026-02-16T04:00:00", "2026-02-16T05:00:00"],
];

const RULES: readonly (readonly [RetentionRules, string])[] = [
  [{ keepLast: 3 }, "--keep-last=3"],
  [{ keepDaily: 4 }, "--keep-daily=4"],
  [
    { keepDaily: 2, keepWeekly: 3, keepMonthly: 2 },
    "--keep-daily=2 --keep-weekly=3 --keep-monthly=2",
  ],
  [{ keepMinutely: 2, keepHourly: 5 }, "--keep-minutely=2 --keep-hourly=5"],
  [{ keepSecondly: 2, keepHourly: -1 }, "--keep-secondly=2 --keep-hourly=-1"],
  [{ keepWeekly: -1 }, "--keep-weekly=-1"],
  [{ keepMonthly: 2, keepYearly: 1 }, "--keep-monthly=2 --keep-yearly=1"],
  [{ keepLast: 1, keepDaily: 3, keepYearly: 5 }, "--keep-last=1 --keep-daily=3 --keep-yearly=5"],
];

Deno.test("keptByRules() keeps what borg prune keeps, the oldest archive when asked to", async () => {
  await using place = await Place.quick();
  await place.init();
  const url = place.at("first.borg");
  const archives = STARTS.map((start) => ({ name: start, startedAt: new Date(start) }));
  for (const { name, startedAt } of archives) {
    // As a text it would be UTC for Borg 1.2 and local time for Borg 1.4.
    await place.write("started", "");
    await Deno.utime(place.at("started"), startedAt, startedAt);
    const timestamp = `--timestamp=${place.at("started")}`;
    await place.borg("first", "create", timestamp, `${url}::${name}`, place.at("source"));
  }
  for (const [rules, options] of RULES) {
    const list = ["--dry-run", "--list", "--log-json", ...options.split(" "), url];
    const told = await place.tryBorg("first", "prune", ...list);
    const keeps = lines(told.stderr).flatMap((line) => {
      const { message = "" } = JSON.parse(line);
      const [, rule, name] = /^Keeping archive \(rule: (.*?)\): +(\S+)/.exec(message) ?? [];
      const isOldest = rule?.includes("[oldest]") === true;
      return rule === undefined || name === undefined ? [] : [{ name, isOldest }];
    });
    assert.ok(keeps.length > 0, told.stderr);
    for (const oldest of [false, true]) {
      const theirs = keeps.filter(({ isOldest }) => oldest || !isOldest).map(({ name }) => name);
      const ours = [...keptByRules(archives, rules, new Date(), { oldest })];
      assert.deepEqual(ours.toSorted(), theirs.toSorted(), options);
    }
  }
});
