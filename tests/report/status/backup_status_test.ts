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
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import { BAD, GOOD, runWith } from "../outcomes.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 22, 12);

const QUESTION: StatusQuestion = {
  name: "web",
  repositories: [{ label: "disk", optional: false }],
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

Deno.test("collectStatus() says when the last backup is in the future", () => {
  const status = statusAfter([runAt(-3)]);
  assert.equal(status.state, "stale");
  assert.equal(status.repositories[0]?.state, "in-the-future");
  assert.match(status.problems[0]?.message ?? "", /dated 3h00m in the future/);
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
  const repositories = [{ label: "disk", optional: false }, { label: "usb", optional: true }];
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
  const repositories = [{ label: "disk", optional: false }, { label: "offsite", optional: false }];
  const status = statusAfter([runAt(30), runAt(1, { repositories: [GOOD, BAD] })], {
    repositories,
  });
  const wide = statusText(status, { width: 120, colour: false });
  assert.match(wide, /^web: stale, offsite has no good backup$/m);
  assert.match(wide, /^disk +fresh +1h00m ago +never +never +ok +1\.9 GiB +3\.4 MiB +▁▁$/m);
  const narrow = statusText(status, { width: 40, colour: false });
  assert.match(narrow, /^ {2}backup +1h00m ago$/m);
  const table = narrow.split("\n").slice(3);
  for (const line of table) assert.ok(columns(line) <= 40, line);
});

Deno.test("statusText() tells of the run that is going on and of what dead runs left", () => {
  const startedAt = new Date(NOON - HOUR).toISOString();
  const text = statusText(
    statusAfter([runAt(1)], {
      running: { runId: "0123abcd", process: 7, startedAt },
      leftovers: [{ snapshot: "tank@autoborg-x", runId: "ffffffff", startedAt }],
    }),
    { width: 100, colour: true },
  );
  assert.match(text, /run 0123abcd is going on \(process 7\), for 1h00m now/);
  assert.match(text, /dead runs left 1 snapshot behind\n {2}tank@autoborg-x \(run ffffffff\)/);
  assert.ok(text.includes("\x1b[32mfresh\x1b[39m"));
});
