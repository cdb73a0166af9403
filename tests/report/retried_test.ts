import assert from "node:assert/strict";
import type { StepOutcome } from "../../lib/backup/outcome.ts";
import { describeEvent, stepResult } from "../../lib/report/describe.ts";
import { historyText } from "../../lib/report/history/history_text.ts";
import { recordedRun } from "../../lib/report/history/recorded_run.ts";
import { renderHtml } from "../../lib/report/mail/html.ts";
import { runContent } from "../../lib/report/mail/report_content.ts";
import { renderText } from "../../lib/report/mail/text.ts";
import { historyPage } from "../../lib/report/page/history_page.ts";
import { runReport } from "../../lib/report/run_report.ts";
import { consoleLines } from "../../lib/report/terminal/console_lines.ts";
import { progressLine } from "../../lib/report/terminal/progress_lines.ts";
import { WaitProgress } from "../../lib/report/terminal/step_progress.ts";
import { History } from "../../lib/state/history.ts";
import { CREATED, GOOD, runWith } from "./outcomes.ts";

const REASON = "the connection to the server failed: Connection refused by geheim";
const MASKED = REASON.replace("geheim", "***");
const RETRIED: StepOutcome = {
  ...CREATED,
  ...{ state: "ok", problems: [], duration: 68_000 },
  retried: { attempts: 2, reason: REASON },
};
const OUTCOME = runWith({ repositories: [{ ...GOOD, steps: [RETRIED] }] });
const WAITING = {
  type: "retry-waiting",
  repository: "disk",
  step: "create",
  attempt: 2,
  wait: 310_000,
  reason: REASON,
} as const;

function mask(text: string): string {
  return text.replaceAll("geheim", "***");
}

Deno.test("stepResult() says at which attempt a step succeeded, and why it took more than one", () => {
  assert.equal(
    stepResult(RETRIED),
    `ok at the 2nd attempt, after 1 min 8 s: ${REASON}; 1,602 files, 1.2 GiB, 3.4 MiB new ` +
      "(2 added, 1 modified)",
  );
  const failed: StepOutcome = {
    ...{ step: "check", state: "failed", duration: 1_270_000 },
    problems: [{ severity: "error", message: REASON }],
    retried: { attempts: 4, reason: REASON },
  };
  // Its problem says why.
  assert.equal(stepResult(failed), "failed at the 4th attempt, after 21 min 10 s");
});

Deno.test("what waits is told by log and terminal, with the time that is left", () => {
  const said = `waiting 5 min 10 s before the 2nd attempt: ${REASON}`;
  assert.deepEqual(describeEvent(WAITING).map(({ level, text }) => `${level} ${text}`), [
    `warning ${said}`,
  ]);
  const style = { colour: false, labelWidth: 4, lastGood: () => undefined };
  assert.deepEqual(consoleLines(WAITING, style).map(({ text }) => text), [
    `disk  create   ${said}`,
  ]);
  const progress = new WaitProgress(WAITING, 1_000);
  assert.equal(
    progressLine(progress.at(1_000), 80),
    "disk create waiting 5 min before the 2nd attempt",
  );
  assert.equal(
    progressLine(progress.at(301_000), 80),
    "disk create waiting 10 s before the 2nd attempt",
  );
});

Deno.test("mail, history and page say which step took more than one attempt, and no secret", () => {
  const content = runContent(OUTCOME, {
    ...{ version: "1", lastGood: () => undefined, trends: [], log: undefined },
    mask,
  });
  const text = renderText(content);
  assert.match(text, /^disk {8}create {2}ok at the 2nd attempt /m);
  const line = `disk create: ok at the 2nd attempt, after 1 min 8 s: ${MASKED}`;
  assert.ok(text.includes(`TRIED MORE THAN ONCE\n\n  ${line}\n`), text);
  assert.ok(renderHtml(content).includes(line));
  using history = History.inMemory();
  history.record(recordedRun(OUTCOME, { version: "1", mask }));
  const runs = history.runs("web", 1).map(runReport);
  assert.equal(runs[0]?.repositories[0]?.steps[0]?.attempts, 2);
  assert.equal(runs[0]?.repositories[0]?.steps[0]?.retryReason, MASKED);
  const summary = `disk ok (create at the 2nd attempt: ${MASKED})`;
  assert.ok(
    historyText(runs, { accepted: [], pins: [] }, new Map(), { width: 300, colour: false })
      .includes(summary),
  );
  const page = historyPage({ name: "web", runs, now: new Date(), status: undefined });
  assert.ok(page.includes(summary));
});
