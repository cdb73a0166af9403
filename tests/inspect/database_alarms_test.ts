import assert from "node:assert/strict";
import { inspectDumps } from "../../lib/backup/steps/inspect_dumps.ts";
import { databaseAlarms } from "../../lib/inspect/database_alarms.ts";

import { emptyDumps, planWith } from "../backup/plans.ts";

const MIB = 1_048_576;

Deno.test("databaseAlarms() tells of a dump that is much smaller than the last one", () => {
  const of = (size: number, before: number | undefined, limit = 50) =>
    databaseAlarms([{ database: "pg/shop", size, before }], limit).map(({ message }) => message);
  const text = 'the dump of "pg/shop" is much smaller than the last one: ';
  assert.deepEqual(of(4 * MIB, 10 * MIB), [`${text}4.0 MiB instead of 10.0 MiB`]);
  assert.deepEqual(of(6 * MIB, 10 * MIB), []);
  assert.deepEqual(of(20 * MIB, 10 * MIB), []);
  assert.deepEqual(of(0, undefined), []);
  // Less than a mebibyte may always go.
  assert.deepEqual(of(100, MIB / 2), []);
  assert.deepEqual(of(4 * MIB, 10 * MIB, 100), []);
  assert.deepEqual(of(4 * MIB, 10 * MIB, 70), []);
});

Deno.test("inspectDumps() compares with the last dump before an alarm that is open", () => {
  const memory = emptyDumps();
  const DAY = 86_400_000;
  const sizes = [10, 10, 2, 2, 9].map((size) => size * MIB);
  const start = Date.parse("2026-11-20T04:00:00Z");
  let alarms: Parameters<typeof inspectDumps>[2]["alarms"] = [];
  const found = sizes.map((size, day) => {
    const startedAt = new Date(start + day * DAY);
    const run = `0000000${day}`;
    memory.write({
      ...{ run, entry: "pg", database: "shop", at: startedAt.getTime(), archive: run, size },
      ...{ state: "made", leftover: false, sha256: null, newSize: null, duration: 1 },
      ...{ reason: null, verifiedAt: null, verified: null },
    });
    const plan = planWith({ runId: run, startedAt, sizeGuard: { files: 50, size: 50 } });
    const inspected = inspectDumps(plan, memory, { alarms });
    assert.ok(inspected.looked({ kind: "database-small", subject: "pg/shop" }));
    assert.ok(!inspected.looked({ kind: "database-small", subject: "pg/other" }));
    const [alarm] = inspected.alarms;
    const before = alarms[0]?.raisedAt ?? startedAt.getTime();
    alarms = alarm === undefined
      ? []
      : [{ ...alarm, raisedBy: run, raisedAt: before, accepted: false }];
    return inspected.alarms.length;
  });
  assert.deepEqual(found, [0, 0, 1, 1, 0]);
});
