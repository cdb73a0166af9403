import assert from "node:assert/strict";
import type { RepositoryOutcome, RunOutcome } from "../../../lib/backup/outcome.ts";
import { recordedRun } from "../../../lib/report/history/recorded_run.ts";
import { runReport } from "../../../lib/report/run_report.ts";
import {
  collectStatus,
  type StatusQuestion,
  type StatusReport,
} from "../../../lib/report/status/backup_status.ts";
import { statusText } from "../../../lib/report/status/status_text.ts";
import { columns } from "../../../lib/text/width.ts";
import { History } from "../../../lib/state/history.ts";
import type { ArchiveState } from "../../../lib/archive_state.ts";
import type { StandingAlarm } from "../../../lib/state/ledger.ts";
import { formatArchiveName } from "../../../lib/text/archive_name.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import { alarmOf } from "../../restore/pasts.ts";
import { BAD, GOOD, runWith } from "../outcomes.ts";

const VERIFY = { files: 20, cycle: 90 * 86_400_000, maxBytes: 0 };

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 22, 12);

const CHECK = { enabled: true, repositoryEvery: 0, archivesEvery: 14 * 24 * HOUR } as const;

const QUESTION: StatusQuestion = {
  name: "web",
  repositories: [{
    label: "disk",
    optional: false,
    encryption: "repokey",
    check: CHECK,
    verify: VERIFY,
  }],
  maxAge: 26 * HOUR,
  now: new Date(NOON),
  running: null,
  leftovers: [],
  problems: [],
};

let count = 0;

/** A run that began so many hours before noon. */
function runAt(hours: number, different: Partial<RunOutcome> = {}): RunOutcome {
  const startedAt = new Date(NOON - hours * HOUR);
  const runId = String(++count).padStart(8, "0");
  return runWith({ runId, startedAt, finishedAt: new Date(startedAt.getTime() + 1), ...different });
}

/** The status after these runs. */
function statusAfter(
  runs: readonly (RunOutcome & { readonly refused?: boolean })[],
  different: Partial<StatusQuestion> = {},
): StatusReport {
  using history = History.inMemory();
  for (const { refused = false, ...outcome } of runs) {
    history.record(recordedRun(outcome, { version: "1.2.3", mask: (text) => text, refused }));
  }
  return collectStatus(history, { ...QUESTION, ...different });
}

const FAILED: readonly RepositoryOutcome[] = [{ ...BAD, label: "disk" }];

Deno.test("collectStatus() calls a young backup fresh and an old one too old", () => {
  for (
    const [hours, state, ofRepository] of [[1, "fresh", "fresh"], [27, "stale", "too-old"]] as const
  ) {
    const status = statusAfter([runAt(hours)]);
    assert.equal(status.state, state);
    assert.equal(status.repositories[0]?.state, ofRepository);
    assert.equal(status.repositories[0]?.lastBackup?.ageSeconds, hours * 3_600);
    assert.equal(status.repositories[0]?.lastBackup?.archive?.files, 1_602);
  }
});

Deno.test("collectStatus() says never when there is no history, and when all runs failed", () => {
  const nothing = collectStatus(undefined, QUESTION);
  const failed = statusAfter([runAt(2, { state: "failed", repositories: FAILED })]);
  for (const status of [nothing, failed]) {
    assert.equal(status.state, "stale");
    assert.equal(status.repositories[0]?.state, "never");
  }
  assert.equal(nothing.lastRun, null);
  assert.equal(failed.lastRun?.state, "failed");
});

Deno.test("collectStatus() keeps the last good backup through failed runs", () => {
  const good = runAt(20);
  const status = statusAfter([good, runAt(1, { state: "failed", repositories: FAILED })]);
  assert.equal(status.state, "fresh");
  assert.equal(status.repositories[0]?.lastBackup?.runId, good.runId);
  assert.equal(status.repositories[0]?.lastRun?.state, "failed");
});

Deno.test("collectStatus() takes no backup for good whose source is missing", () => {
  const status = statusAfter([runAt(1, { state: "failed", sourcesMissing: true })]);
  assert.equal(status.repositories[0]?.state, "never");
});

/** The status of a machine that only prunes: what its inspection saw, and what looks wrong. */
function prunerStatus(
  newest: number,
  alarms: readonly StandingAlarm[] = [],
  runs: readonly RunOutcome[] = [],
): StatusReport {
  using history = History.inMemory();
  for (const run of runs) {
    history.record(recordedRun(run, { version: "1.2.3", mask: (text) => text }));
  }
  const archive = (hours: number, state: ArchiveState) => {
    const startedAt = new Date(NOON - hours * HOUR);
    return {
      name: formatArchiveName({ series: "web", startedAt, runId: "0123abcd" }),
      id: "",
      state,
    };
  };
  history.ledger("web", "disk").write({
    seen: { id: "1", modifiedAt: 1, machine: "" },
    trusted: true,
    archives: [archive(newest, "present"), archive(50, "present"), archive(1, "removed")],
    alarms,
  });
  return collectStatus(history, QUESTION);
}

Deno.test("collectStatus() takes the newest archive that is there when this machine only prunes", () => {
  const wide = { width: 120, colour: false };
  const fresh = prunerStatus(5);
  assert.equal(fresh.state, "fresh");
  const { runId, ageSeconds, elsewhere, archive } = fresh.repositories[0]?.lastBackup ?? {};
  assert.deepEqual([runId, ageSeconds, elsewhere, archive], ["0123abcd", 18_000, true, null]);
  assert.match(statusText(fresh, wide), /^disk +fresh +5 h ago, by another machine /m);
  const stale = prunerStatus(30);
  assert.deepEqual([stale.state, stale.repositories[0]?.state], ["stale", "too-old"]);
  const own = prunerStatus(5, [], [runAt(40)]);
  assert.deepEqual([own.state, own.repositories[0]?.lastBackup?.elsewhere], ["stale", false]);
});

Deno.test("statusText() begins with an open alarm, also when a backup is too old", () => {
  const headlineOf = (newest: number) =>
    statusText(prunerStatus(newest, [alarmOf("archives-vanished")]), { width: 120, colour: false })
      .split("\n")[0];
  const alarm = "web has an alarm: something looks wrong in disk, nothing is pruned there";
  assert.equal(headlineOf(5), alarm);
  assert.equal(
    headlineOf(30),
    `${alarm}; it is stale: the last good backup in disk is 30 h old`,
  );
});

Deno.test("collectStatus() says when the last backup is in the future", () => {
  const status = statusAfter([runAt(-3)]);
  assert.equal(status.state, "stale");
  assert.equal(status.repositories[0]?.state, "in-the-future");
  assert.match(status.problems[0]?.message ?? "", /dated 3 h in the future/);
  assert.match(
    statusText(status, { width: 100, colour: false }),
    /disk has a backup from the future/,
  );
});

Deno.test("collectStatus() believes the last run, not the latest date", () => {
  const status = statusAfter([runAt(-1_000), runAt(1)]);
  assert.equal(status.state, "fresh");
});

Deno.test("collectStatus() shows an absent optional repository and does not call it too old", () => {
  const repositories = [{
    label: "disk",
    optional: false,
    encryption: "repokey",
    check: CHECK,
    verify: VERIFY,
  }, {
    label: "usb",
    optional: true,
    encryption: "repokey",
    check: CHECK,
    verify: VERIFY,
  }];
  const absent = { label: "usb", state: "absent", reason: "it is not there" } as const;
  const run = runAt(1, { repositories: [GOOD, absent] });
  const status = statusAfter([run], { repositories });
  assert.equal(status.state, "fresh");
  assert.equal(status.repositories[1]?.state, "absent");
  assert.equal(status.repositories[1]?.lastRun?.reason, "it is not there");
  const alone = statusAfter([run], { repositories: repositories.slice(1) });
  assert.equal(alone.state, "stale", "nothing is fresh when everything is absent");
});

Deno.test("collectStatus() counts no repository that is not configured", () => {
  const status = statusAfter([runAt(1, { repositories: [GOOD, BAD] })]);
  assert.deepEqual(status.repositories.map(({ label }) => label), ["disk"]);
  assert.equal(status.state, "fresh");
});

Deno.test("collectStatus() tells refused runs from the last run", () => {
  const last = runAt(3);
  const refused = { repositories: [], state: "failed", refused: true } as const;
  const status = statusAfter([last, { ...runAt(2), ...refused }, { ...runAt(1), ...refused }]);
  assert.equal(status.lastRun?.runId, last.runId);
  assert.equal(status.refusedSince, 2);
});

Deno.test("runReport() tells the same of an outcome and of the history, without secrets", () => {
  using history = History.inMemory();
  const problems = [{ severity: "warning", message: "geheim", hint: "say severity" } as const];
  const outcome = runAt(1, { problems, state: "warning", repositories: [GOOD, BAD] });
  const mask = createMasker([new Secret("geheim"), new Secret("severity")]);
  const recorded = recordedRun(outcome, { version: "1.2.3", mask });
  history.record(recorded);
  const [back] = history.runs("web", 1);
  assert.ok(back);
  assert.deepEqual(runReport(back), runReport(recorded));
  const [problem] = runReport(back).problems;
  assert.deepEqual(problem, { severity: "warning", message: "***", hint: "say ***" });
});

Deno.test("statusText() fits into narrow terminals", () => {
  const repositories = [{
    label: "disk",
    optional: false,
    encryption: "none",
    check: CHECK,
    verify: VERIFY,
  }, {
    label: "offsite",
    optional: false,
    encryption: "none",
    check: CHECK,
    verify: VERIFY,
  }];
  const status = statusAfter([runAt(30), runAt(1, { repositories: [GOOD, BAD] })], {
    repositories,
  });
  const wide = statusText(status, { width: 120, colour: false });
  assert.match(wide, /^web is stale: offsite has no good backup$/m);
  assert.match(wide, /^disk +fresh +1 h ago +never +never +ok +1\.9 GiB +3\.4 MiB +▁▁$/m);
  const narrow = statusText(status, { width: 40, colour: false });
  assert.match(narrow, /^ {2}backup +1 h ago$/m);
  const table = narrow.split("\n").slice(3);
  for (const line of table) assert.ok(columns(line) <= 40, line);
});

Deno.test("statusText() says in its headline that the last run failed", () => {
  const text = (...runs: readonly RunOutcome[]) =>
    statusText(statusAfter(runs), { width: 120, colour: false }).split("\n")[0];
  const fresh = "web is fresh: every repository has a good backup from the last 26 h";
  assert.equal(text(runAt(1)), fresh);
  assert.equal(text(runAt(2), runAt(1, { state: "failed" })), `${fresh}, but the last run failed`);
  const steps = (["inspect", "check"] as const).map((step) => ({
    ...{ step, state: "failed" as const, problems: [], duration: 1 },
  }));
  const repositories = [{ label: "disk", state: "failed" as const, steps }];
  assert.equal(
    text(runAt(2), runAt(1, { state: "failed", repositories })),
    `${fresh}, but the last run failed (disk: inspect, check)`,
  );
});

Deno.test("statusText() says that a check found damage, when, and in which archive", () => {
  using history = History.inMemory();
  const run = runAt(1);
  history.record(
    recordedRun(run, { version: "1.2.3", mask: (text) => text, refused: false }),
  );
  const startedAt = new Date(NOON - 30 * 24 * HOUR);
  const archive = formatArchiveName({ series: "web", startedAt, runId: "00000001" });
  history.ledger("web", "disk").write({
    ...{ seen: { id: "1", modifiedAt: 0, machine: "" }, trusted: true, alarms: [] },
    archives: [{ name: archive, id: "1", state: "present" }],
  });
  const damagedAt = NOON - 2 * HOUR;
  history.checks("web", "disk").writeArchives([{
    ...{ archive, checkedAt: null, isDue: false, duration: 1, tries: 0 },
    ...{ damage: "a chunk is missing", damagedAt },
  }]);
  const status = collectStatus(history, QUESTION);
  assert.deepEqual(status.repositories[0]?.checks.damage, [
    { archive, message: "a chunk is missing", foundAt: new Date(damagedAt).toISOString() },
  ]);
  const text = statusText(status, { width: 200, colour: false });
  assert.match(text, /^web is fresh: .*, but a check found damage in disk$/m);
  assert.match(text, /^disk +damaged /m);
  assert.match(text, /^disk: damage found on 2026-11-22 .* in the archive "web-.*": a chunk is /m);
  assert.match(text, /; 1 of 1 archive damaged$/m);
  assert.ok(!text.includes("not checked"), text);
});

Deno.test("statusText() calls a repository incomplete whose last archive lacks a source", () => {
  const lacking = runAt(1, { state: "failed", sourcesMissing: true });
  const text = statusText(statusAfter([runAt(2), lacking]), { width: 120, colour: false });
  assert.match(text, /^disk +fresh +2 h ago +never +never +incomplete /m);
});

Deno.test(
  "statusText() tells of the run in progress and of what crashed runs left " +
    "behind",
  () => {
    const startedAt = new Date(NOON - HOUR).toISOString();
    const text = statusText(
      statusAfter([runAt(1)], {
        running: { runId: "0123abcd", process: 7, startedAt },
        leftovers: [{ snapshot: "tank@autoborg-x", runId: "ffffffff", startedAt }],
      }),
      { width: 100, colour: true },
    );
    assert.match(text, /run 0123abcd is in progress \(process 7\), for 1 h now/);
    assert.match(text, /crashed runs left 1 snapshot behind\n {2}tank@autoborg-x \(run ffffffff\)/);
    assert.ok(text.includes("\x1b[32mfresh\x1b[39m"));
  },
);

Deno.test("collectStatus() says of which key no copy is kept, and statusText() what to do", () => {
  using history = History.inMemory();
  const ledger = history.keys("web", "disk");
  const key = () => collectStatus(history, QUESTION).repositories[0]?.key;
  assert.equal(key()?.state, "never");
  // There may be no repository yet.
  assert.equal(key()?.remark, null);
  history.record(recordedRun(runAt(1), { version: "1.2.3", mask: (text) => text }));
  const text = statusText(collectStatus(history, QUESTION), { width: 120, colour: false });
  assert.match(text, /^disk: its key was never exported: .*autoborg key export \/root\/keys$/m);
  ledger.noteSeen("one", NOON);
  ledger.noteExport("one", NOON);
  const { state, checkedAt, remark } = key() ?? {};
  assert.deepEqual({ state, checkedAt, remark }, {
    state: "exported",
    checkedAt: null,
    remark: null,
  });
  ledger.noteCheck("one", NOON);
  assert.equal(key()?.checkedAt, new Date(NOON).toISOString());
  ledger.noteSeen("two", NOON);
  assert.equal(key()?.state, "changed");
  assert.match(key()?.remark ?? "", /its key has changed since it was exported at 20/);
  // A copy of the new key, whoever made it, is one.
  ledger.noteCheck("two", NOON);
  assert.equal(key()?.state, "exported");
  const open = QUESTION.repositories.map((one) => ({ ...one, encryption: "none" }));
  assert.equal(
    collectStatus(history, { ...QUESTION, repositories: open }).repositories[0]?.key,
    null,
  );
});
