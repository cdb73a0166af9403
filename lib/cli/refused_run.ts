/** A run that did not begin because another one holds the lock. @module */
import type { Problem, RunOutcome } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import { hintOf, warningOf } from "../errors.ts";
import { recordedRun } from "../report/history/recorded_run.ts";
import type { Masker } from "../text/secret.ts";
import { History } from "../state/history.ts";
import type { LockHeldError } from "../state/run_lock.ts";
import { historyPath } from "./history_file.ts";
import { VERSION } from "./version.ts";

/** What became of a run that did not begin because another one holds the lock. */
export function refusedOutcome(plan: Plan, error: LockHeldError): RunOutcome {
  const { name, runId, hostname, startedAt } = plan;
  return {
    state: "failed",
    name,
    runId,
    hostname,
    startedAt,
    finishedAt: new Date(),
    problems: [{ severity: "error", message: error.message, ...hintOf(error) }],
    repositories: [],
  };
}

/** Writes down that a run did not begin; the other run may write at the same time. */
export function recordRefusal(plan: Plan, outcome: RunOutcome, mask: Masker): readonly Problem[] {
  try {
    // A damaged history is left to the run that holds the lock.
    using history = History.open(historyPath(plan.stateDir));
    history.record(recordedRun(outcome, { version: VERSION, mask, refused: true }));
    return [];
  } catch (error) {
    return [warningOf(error)];
  }
}
