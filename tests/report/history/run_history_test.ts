import assert from "node:assert/strict";
import { join } from "node:path";
import { RunHistory } from "../../../lib/report/history/run_history.ts";
import { History } from "../../../lib/state/history.ts";
import { planWith } from "../../backup/plans.ts";
import type { StepOutcome } from "../../../lib/backup/outcome.ts";
import { CREATED, GOOD, INSPECTED, runWith } from "../outcomes.ts";

const OPTIONS = { version: "1.2.3", mask: (text: string) => text };

class Place implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-run-history-" });
  readonly path = join(this.directory, "history.db");

  open(): RunHistory {
    return new RunHistory(this.path, "web");
  }

  /** Begins a run; says what was found out about earlier ones. */
  begin(history: RunHistory, runId: string): readonly string[] {
    const problems = history.begin(planWith({ runId }), "1.2.3", ({ id }) => `/logs/${id}.log`);
    return problems.map(({ message, hint }) => `${message}; ${hint}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

Deno.test("RunHistory.begin() writes a run down before it has done anything", () => {
  using place = new Place();
  using history = place.open();
  assert.deepEqual(place.begin(history, "0000000a"), []);
  using looking = History.openForReading(place.path);
  assert.equal(looking?.runs("web", 1)[0]?.run.ending, "running");
});

Deno.test("RunHistory.begin() names a run that ended without a report, once", () => {
  using place = new Place();
  {
    using killed = place.open();
    place.begin(killed, "0000000a");
  }
  using next = place.open();
  const [problem = "", ...more] = place.begin(next, "0000000b");
  assert.match(
    problem,
    /^The run of 2026-11-2\d \d\d:\d\d [+-]\d\d:\d\d \(0000000a\) ended without a report; /,
  );
  assert.match(problem, /"\/logs\/0000000a\.log"/);
  assert.deepEqual(more, []);
  next.record(runWith({ runId: "0000000b" }), OPTIONS);
  assert.deepEqual(place.begin(next, "0000000c"), []);
  assert.equal(next.past.countDead("web", "0000000c"), 1);
});

Deno.test("RunHistory.begin() takes no run of another series for dead", () => {
  using place = new Place();
  using history = place.open();
  place.begin(history, "0000000a");
  const other = planWith({ runId: "0000000b", name: "mail" });
  assert.deepEqual(history.begin(other, "1.2.3", () => ""), []);
});

Deno.test("RunHistory.record() replaces what was written about the run before", () => {
  using place = new Place();
  using history = place.open();
  place.begin(history, "0123abcd");
  assert.deepEqual(history.record(runWith(), OPTIONS), []);
  assert.deepEqual(history.record(runWith({ state: "warning" }), OPTIONS), []);
  const runs = history.past.runs("web", 5);
  assert.equal(runs.length, 1);
  assert.equal(runs[0]?.run.state, "warning");
  assert.equal(runs[0]?.run.ending, "reported");
  assert.equal(runs[0]?.repositories.length, 1);
});

Deno.test("RunHistory goes on in memory, with the past, when the disk fails in the middle", () => {
  using place = new Place();
  using history = place.open();
  place.begin(history, "0000000a");
  history.record(runWith({ runId: "0000000a" }), OPTIONS);
  history.past[Symbol.dispose]();
  const problems = history.record(runWith(), OPTIONS);
  assert.equal(problems.length, 1);
  assert.match(
    problems[0]?.message ?? "",
    /^Cannot record this run in the history ".*history\.db"/,
  );
  assert.deepEqual(history.past.runs("web", 5).map(({ run }) => run.id), ["0123abcd", "0000000a"]);
  assert.equal(history.memory("disk").checks().repository, undefined);
  assert.equal(history.memory("disk").baseline()?.files, 1_602);
});

Deno.test("RunHistory goes on in memory when the file can't be opened", () => {
  using place = new Place();
  using history = new RunHistory(join(place.directory, "missing", "history.db"), "web");
  assert.match(history.problems[0]?.message ?? "", /Cannot open the history/);
  assert.deepEqual(place.begin(history, "0123abcd"), []);
  assert.deepEqual(history.record(runWith(), OPTIONS), []);
  assert.equal(history.past.runs("web", 1)[0]?.run.id, "0123abcd");
});

Deno.test("RunHistory tells what failed while the start was written down, or the past was read", () => {
  using place = new Place();
  using history = place.open();
  history.past[Symbol.dispose]();
  const [problem, ...others] = place.begin(history, "0123abcd");
  assert.deepEqual(others, []);
  assert.match(problem ?? "", /^Cannot record the start of this run in the history "/);
  history.past[Symbol.dispose]();
  history.memory("disk").checks();
  assert.match(history.record(runWith(), OPTIONS)[0]?.message ?? "", /^Cannot read the history "/);
});

Deno.test("RunHistory.record() takes no archive for good that was never inspected", () => {
  using place = new Place();
  using history = place.open();
  const isGood = (steps: readonly StepOutcome[]) => {
    history.record(runWith({ repositories: [{ ...GOOD, steps }] }), OPTIONS);
    return history.past.goodBackups("web", "disk", 1).length === 1;
  };
  const skipped = {
    step: "inspect",
    state: "skipped",
    reason: "stopped",
    expected: false,
  } as const;
  const failed = { step: "inspect", state: "failed", problems: [], duration: 1 } as const;
  assert.equal(isGood([CREATED, INSPECTED]), true);
  assert.equal(isGood([CREATED]), false);
  assert.equal(isGood([CREATED, skipped]), false);
  assert.equal(isGood([CREATED, failed]), false);
});
