import assert from "node:assert/strict";
import { type CheckPlan, planCheck } from "../../lib/backup/check_plan.ts";
import type { RepositoryMemory } from "../../lib/backup/repository_memory.ts";
import type { Check } from "../../lib/config/config_schema.ts";
import { firstChecks } from "../../lib/state/check_ledger.ts";
import type { LedgerArchive, StandingAlarm } from "../../lib/state/ledger.ts";
import { formatArchiveName } from "../../lib/text/archive_name.ts";
import { alarmOf } from "../restore/pasts.ts";
import { emptyMemory, TARGET } from "./plans.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 4);

const WEEKLY: Partial<Check> = { repositoryEvery: 7 * DAY, archivesEvery: 14 * DAY };

function archive(days: number, state: LedgerArchive["state"] = "present"): LedgerArchive {
  const startedAt = new Date(NOW - days * DAY);
  const runId = String(days).padStart(8, "0");
  return { name: formatArchiveName({ series: "web", startedAt, runId }), id: "1", state };
}

/** A memory of these archives and alarms. */
function memoryOf(archives: readonly LedgerArchive[], alarms: readonly StandingAlarm[] = []) {
  const memory = emptyMemory();
  memory.remember({
    seen: { id: "1", modifiedAt: 1, machine: "" },
    trusted: true,
    archives,
    alarms,
  });
  return memory;
}

function plan(memory: RepositoryMemory, check: Partial<Check> = WEEKLY, now = NOW): CheckPlan {
  const planned = planCheck({ ...TARGET, check: { ...TARGET.check, ...check } }, memory, now);
  assert.ok(typeof planned !== "string", String(planned));
  return planned;
}

/** Notes that all is checked, as of a time. */
function allChecked(memory: RepositoryMemory, at = NOW): void {
  const { repository = firstChecks("", at), archives } = memory.checks();
  memory.noteChecks({ ...repository, completedAt: at, verifiedAt: at, due: null });
  memory.noteArchives(
    memory.recall().archives.map(({ name }) => ({
      ...{ archive: name, checkedAt: at, isDue: false, duration: 1, tries: 0 },
      ...{ damage: null, damagedAt: null },
    })),
  );
  assert.ok(archives.length >= 0);
}

Deno.test("planCheck() finds everything due that was never checked, and nothing soon after", () => {
  const memory = memoryOf([archive(30), archive(2)]);
  const first = plan(memory);
  assert.ok(first.repository);
  assert.ok(!first.allData);
  assert.deepEqual(first.due.map(({ archive }) => archive), [archive(30).name]);
  allChecked(memory);
  const target = { ...TARGET, check: { ...TARGET.check, ...WEEKLY } };
  assert.match(String(planCheck(target, memory, NOW + DAY)), /^not due yet: the last complete/);
  assert.ok(plan(memory, WEEKLY, NOW + 7 * DAY).repository);
});

Deno.test("planCheck() has everything checked anew after an alarm, and once only", () => {
  const calm = memoryOf([archive(5)]);
  plan(calm);
  allChecked(calm);
  calm.noteChecks({
    ...calm.checks().repository ?? firstChecks("", 0),
    cycle: { begunAt: NOW, spent: 1, percent: 40 },
  });
  const { archives } = calm.recall();
  const alarms = [alarmOf("archives-vanished")];
  calm.remember({
    seen: { id: "1", modifiedAt: 2, machine: "" },
    trusted: false,
    archives,
    alarms,
  });
  const anew = plan(calm);
  assert.equal(anew.checks.due, "an alarm was raised: archives-vanished");
  assert.equal(anew.checks.cycle?.begunAt, null, "what is done of a check in parts does not count");
  assert.deepEqual(anew.due.map(({ archive }) => archive), [archive(5).name]);
  allChecked(calm);
  calm.noteChecks({ ...calm.checks().repository ?? firstChecks("", 0), cycle: null });
  const target = { ...TARGET, check: { ...TARGET.check, ...WEEKLY } };
  assert.match(
    String(planCheck(target, calm, NOW + DAY)),
    /^not due yet/,
    "the alarm still stands",
  );
});

Deno.test("planCheck() has everything checked anew at another location, and after an acceptance", () => {
  let takeOvers = 0;
  const memory = emptyMemory({ takeOvers: () => takeOvers });
  plan(memory);
  allChecked(memory);
  takeOvers = 1;
  assert.equal(plan(memory).checks.due, "an alarm about the repository was accepted");
  allChecked(memory);
  const moved = planCheck({ ...TARGET, url: "ssh://new/./borg" }, memory, NOW);
  assert.ok(typeof moved !== "string");
  assert.equal(moved.checks.due, "the repository is at another location");
});

Deno.test("planCheck() forgets archives that were pruned", () => {
  const memory = memoryOf([archive(5), archive(6)]);
  plan(memory);
  allChecked(memory);
  const archives = [archive(5), archive(6, "removed")];
  memory.remember({
    seen: { id: "1", modifiedAt: 2, machine: "" },
    trusted: true,
    archives,
    alarms: [],
  });
  plan(memory, { ...WEEKLY, repositoryEvery: 0 });
  assert.deepEqual(memory.checks().archives.map(({ archive }) => archive), [archive(5).name]);
});

Deno.test("planCheck() is not kept from checking by a clock that was set back", () => {
  const memory = memoryOf([archive(40)]);
  plan(memory, WEEKLY, NOW + 400 * DAY);
  allChecked(memory, NOW + 400 * DAY);
  const back = plan(memory);
  assert.ok(back.repository);
  assert.equal(back.due.length, 1);
});

Deno.test("planCheck() reads all data when it is due, and in place of the repository's turn", () => {
  const memory = memoryOf([]);
  const check = {
    repositoryEvery: "never",
    archivesEvery: "never",
    verifyDataEvery: 90 * DAY,
  } as const;
  assert.ok(plan(memory, check).allData);
  allChecked(memory);
  const target = { ...TARGET, check: { ...TARGET.check, ...check } };
  assert.equal(typeof planCheck(target, memory, NOW + DAY), "string");
  memory.noteChecks({ ...memory.checks().repository ?? firstChecks("", 0), damage: "a bit" });
  assert.ok(plan(memory, check, NOW + DAY).allData);
});
