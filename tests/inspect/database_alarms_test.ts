import assert from "node:assert/strict";
import { inspectDumps } from "../../lib/backup/steps/inspect_dumps.ts";
import { databaseAlarms, grownDumps } from "../../lib/inspect/database_alarms.ts";

import { GLOBALS } from "../../lib/text/database_series.ts";
import { entryWith } from "../backup/dump_scene.ts";
import { emptyDumps, planWith } from "../backup/plans.ts";

const MIB = 1_048_576;

Deno.test("databaseAlarms() tells of a dump that is much smaller than the last one", () => {
  const of = (size: number, before: number | undefined, limit = 50) =>
    databaseAlarms([{ database: "pg/shop", size, before, least: undefined }], limit)
      .map(({ message }) => message);
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

Deno.test("databaseAlarms() tells of a dump below the size that it must have", () => {
  const of = (size: number) =>
    databaseAlarms([{ database: "pg/shop", size, before: 10 * MIB, least: 4 * MIB }], 50)
      .map(({ severity, message }) => [severity, message]);
  assert.deepEqual(of(3 * MIB), [
    ["error", 'the dump of "pg/shop" has 3.0 MiB, expected at least 4.0 MiB'],
  ]);
  assert.deepEqual(of(4 * MIB).map(([severity]) => severity), ["warning"]);
  assert.deepEqual(of(6 * MIB), []);
});

Deno.test("grownDumps() names a dump that is twice as large, unless both are small", () => {
  const of = (size: number, before: number | undefined) =>
    grownDumps([{ database: "pg/shop", size, before, least: undefined }]);
  assert.deepEqual(of(400 * MIB, 200 * MIB), [
    'the dump of "pg/shop" has grown from 200.0 MiB to 400.0 MiB since the last one: look what ' +
    "fills the database",
  ]);
  assert.deepEqual([of(300 * MIB, 200 * MIB), of(40 * MIB, MIB), of(MIB, undefined)], [[], [], []]);
});

Deno.test("inspectDumps() expects the size that the table of the configuration demands", () => {
  const memory = emptyDumps();
  const startedAt = new Date("2026-11-20T04:00:00Z");
  for (const database of ["shop", GLOBALS]) {
    memory.write({
      ...{ run: "00000001", entry: "pg", database, at: startedAt.getTime(), archive: database },
      ...{ state: "made", leftover: false, sha256: null, newSize: null, duration: 1, size: 10 },
      ...{ reason: null, verifiedAt: null, verified: null },
    });
  }
  const plan = planWith({
    ...{ runId: "00000001", startedAt, sizeGuard: { files: 50, size: 50 } },
    databases: [entryWith({ label: "pg", kind: "postgresql", minSize: MIB })],
  });
  const { alarms } = inspectDumps(plan, memory, { alarms: [] });
  assert.deepEqual(alarms.map(({ subject }) => subject), ["pg/shop"]);
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
