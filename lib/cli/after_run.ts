/**
 * What is done when a run is over but not yet reported, and when there was none.
 *
 * @module
 */
import { runFinishedHook } from "../backup/hooks.ts";
import type { Problem, RunOutcome } from "../backup/outcome.ts";
import { verdictOf, worst } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import { reasonOf } from "../errors.ts";
import { recordedRun, recordRun } from "../report/history.ts";
import { runReport } from "../report/run_report.ts";
import type { Masker } from "../secret.ts";
import { History } from "../state/history.ts";
import type { LockHeldError } from "../state/run_lock.ts";
import { type CliContext, outerEnvironment } from "./context.ts";
import { historyPath } from "./history_file.ts";
import type { ReportingDesk } from "./reporting_desk.ts";
import { VERSION } from "./version.ts";

/** Whose run it is, and who hears of it. */
export interface AfterRun {
  readonly context: CliContext;
  readonly plan: Plan;
  readonly desk: ReportingDesk;
  readonly mask: Masker;
}

/**
 * Runs the hook `finished` and pings. Both come before the reporters, so that their failures are
 * in every report.
 *
 * @param after whose run it is
 * @param outcome what became of it
 * @returns the same with the failures of the two
 */
export async function tellOthers(after: AfterRun, outcome: RunOutcome): Promise<RunOutcome> {
  const { plan: { name, runId }, desk, mask, context } = after;
  const path = outerEnvironment(context.variable).PATH ?? "";
  const report = runReport(recordedRun(outcome, { version: VERSION, mask }));
  const hook = { name, runId, path, emit: desk.reporters.emit };
  const hooked = withProblems(outcome, await runFinishedHook(hook, `${JSON.stringify(report)}\n`));
  if (desk.ping?.keepsQuietAbout(hooked)) {
    const text = "ping.url hears nothing: create was left out, so that this run made no backup";
    desk.reporters.emit({ type: "note", scope: {}, level: "info", text });
  }
  return withProblems(hooked, await desk.ping?.finish(hooked) ?? []);
}

/**
 * Adds problems to what became of a run.
 *
 * @param outcome what became of it
 * @param more more problems of the run itself
 */
export function withProblems(outcome: RunOutcome, more: readonly Problem[]): RunOutcome {
  const problems = [...outcome.problems, ...more];
  return { ...outcome, problems, verdict: worst([outcome.verdict, verdictOf(more)]) };
}

/**
 * What became of a run that did not begin because another one holds the lock.
 *
 * @param plan the run
 * @param error who holds it
 */
export function refusedOutcome(plan: Plan, error: LockHeldError): RunOutcome {
  const { name, runId, hostname, startedAt } = plan;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return {
    verdict: "failed",
    name,
    runId,
    hostname,
    startedAt,
    finishedAt: new Date(),
    problems: [{ severity: "error", message: error.message, ...hint }],
    repositories: [],
  };
}

/**
 * Writes down that a run did not begin; the other run may write at the same time.
 *
 * @param plan the run
 * @param outcome from {@linkcode refusedOutcome}
 * @param mask keeps secrets out of the history
 * @returns what went wrong
 */
export function recordRefusal(plan: Plan, outcome: RunOutcome, mask: Masker): readonly Problem[] {
  try {
    // A damaged history is left to the run that holds the lock.
    using history = History.open(historyPath(plan.stateDir));
    recordRun(history, recordedRun(outcome, { version: VERSION, mask, refused: true }));
    return [];
  } catch (error) {
    return [{ severity: "warning", message: reasonOf(error) }];
  }
}
