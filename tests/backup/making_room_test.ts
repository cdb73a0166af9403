import assert from "node:assert/strict";
import { retentionWhenFull } from "../../lib/backup/making_room.ts";
import { emptyMemory } from "./plans.ts";

const DAY = 86_400_000;
const PLAN = { name: "web", startedAt: new Date("2026-11-22T04:00:00Z") };
const OLD = "web-2026-11-11T04:00:00Z-00000001";
const NEWEST = "web-2026-11-12T04:00:00Z-00000002";

/** What is known of a repository with these archives. */
function memoryOf(archives: readonly string[], lastGood?: string) {
  const known = archives.map((name) => ({ name, id: name, state: "present" as const }));
  return emptyMemory({
    recall: () => ({ repository: undefined, archives: known, alarms: [], sources: undefined }),
    lastGood: () => lastGood,
  });
}

Deno.test("retentionWhenFull() counts from the newest archive, not from a night without one", () => {
  const memory = memoryOf([NEWEST, OLD, "web2-2026-11-20T04:00:00Z-00000003"], NEWEST);
  assert.deepEqual(retentionWhenFull(memory, { keepWithin: 7 * DAY, keepDaily: 3 }, PLAN), {
    keepWithin: 17 * DAY,
    keepDaily: 3,
  });
  assert.deepEqual(retentionWhenFull(memory, { keepDaily: 3 }, PLAN), { keepDaily: 3 });
  // The clock was set back.
  const early = { ...PLAN, startedAt: new Date("2026-11-01T04:00:00Z") };
  assert.deepEqual(retentionWhenFull(memory, { keepWithin: DAY }, early), { keepWithin: DAY });
});

Deno.test("retentionWhenFull() removes nothing unless the newest archive is known to be good", () => {
  const retention = { keepLast: 1 };
  assert.equal(
    retentionWhenFull(memoryOf([OLD, NEWEST], OLD), retention, PLAN),
    `create failed, and the newest archive "${NEWEST}" is not known to be good`,
  );
  assert.match(String(retentionWhenFull(memoryOf([OLD]), retention, PLAN)), /not known to be good/);
  assert.equal(
    retentionWhenFull(memoryOf([]), retention, PLAN),
    "create failed, and there is no archive to keep",
  );
});
