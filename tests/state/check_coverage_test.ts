import assert from "node:assert/strict";
import {
  archiveCoverage,
  archiveTurns,
  dueArchives,
  isDue,
  knownDamage,
} from "../../lib/state/check_coverage.ts";
import { type ArchiveCheck, firstChecks } from "../../lib/state/check_ledger.ts";
import { formatArchiveName } from "../../lib/text/archive_name.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 4);

/** An archive that was made so many days ago. */
function archive(days: number, state: "present" | "removed" = "present") {
  const startedAt = new Date(NOW - days * DAY);
  const runId = String(days).padStart(8, "0");
  return { name: formatArchiveName({ series: "web", startedAt, runId }), id: "1", state };
}

function checked(name: string, different: Partial<ArchiveCheck>): ArchiveCheck {
  const nothing = { checkedAt: null, isDue: false, duration: null, tries: 0 };
  return { archive: name, ...nothing, damage: null, damagedAt: null, ...different };
}

Deno.test("isDue() keeps an interval with a run each night, whatever the minute it begins", () => {
  const minute = 60_000;
  assert.ok(isDue(NOW - DAY + 5 * minute, DAY, NOW));
  assert.ok(isDue(NOW - 14 * DAY + 5 * minute, 14 * DAY, NOW));
  assert.ok(!isDue(NOW - 12 * DAY, 14 * DAY, NOW));
  assert.ok(isDue(NOW, 0, NOW));
  assert.ok(isDue(null, 14 * DAY, NOW));
  assert.ok(!isDue(null, "never", NOW));
});

Deno.test("isDue() does not believe a time in the future, as after a clock was set back", () => {
  assert.ok(isDue(NOW + 1, 365 * DAY, NOW));
});

Deno.test("dueArchives() gives turns to damaged ones first, then to those that wait longest", () => {
  const [old, read, young, killed, bad, gone] = [
    ...[archive(90), archive(80), archive(3), archive(100), archive(2), archive(200, "removed")],
  ].map((one) => one);
  assert.ok(old && read && young && killed && bad && gone);
  const turns = archiveTurns([old, read, young, killed, bad, gone], {
    repository: undefined,
    archives: [
      checked(read.name, { checkedAt: NOW - 95 * DAY }),
      checked(killed.name, { tries: 2 }),
      checked(bad.name, { checkedAt: NOW - DAY, damage: "a chunk is missing" }),
    ],
  });
  const names = dueArchives(turns, 14 * DAY, NOW).map((turn) => turn.archive);
  assert.deepEqual(names, [bad.name, read.name, old.name, killed.name]);
  assert.deepEqual(dueArchives(turns, "never", NOW), []);
});

Deno.test("archiveCoverage() counts archives from when they were made or read", () => {
  const archives = [archive(3), archive(20), archive(60)];
  const read = checked(archives[2]?.name ?? "", { checkedAt: NOW - 10 * DAY });
  const turns = archiveTurns(archives, { repository: undefined, archives: [read] });
  const measure = { every: 14 * DAY, now: NOW, since: NOW - 90 * DAY };
  const coverage = archiveCoverage(turns, measure);
  const oldest = NOW - 20 * DAY;
  assert.deepEqual(coverage, { archives: 3, damaged: 0, unchecked: 1, overdue: 0, oldest });
  const later = { ...measure, now: NOW + 9 * DAY };
  assert.equal(archiveCoverage(turns, later)?.overdue, 1);
  assert.equal(archiveCoverage(turns, { ...later, since: NOW })?.overdue, 0, "no turn yet");
});

Deno.test("archiveCoverage() counts an archive as damaged, not as unchecked, when its check failed", () => {
  const archives = [archive(3), archive(60)];
  const [, old = ""] = archives.map(({ name }) => name);
  const bad = checked(old, { damage: "a chunk is missing", damagedAt: NOW - DAY });
  const turns = archiveTurns(archives, { repository: undefined, archives: [bad] });
  const coverage = archiveCoverage(turns, { every: 14 * DAY, now: NOW, since: 0 });
  assert.deepEqual(
    [coverage?.archives, coverage?.damaged, coverage?.unchecked, coverage?.overdue],
    [2, 1, 0, 0],
  );
  const repository = { ...firstChecks("", 0), damage: "the index is wrong", damagedAt: NOW };
  assert.deepEqual(knownDamage(repository, turns), [
    { archive: null, message: "the index is wrong", foundAt: NOW },
    { archive: old, message: "a chunk is missing", foundAt: NOW - DAY },
  ]);
});
