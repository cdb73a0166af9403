import { formatRunId } from "../archive_name.ts";
import { makePlan, type Plan } from "../backup/plan.ts";
import type { Problem, RunOutcome, Step } from "../backup/outcome.ts";
import { openSession, run } from "../backup/run.ts";
import type { LoadedConfig } from "../config/load.ts";
import { ExitCode } from "../errors.ts";
import { createMasker, type Masker } from "../secret.ts";
import { LockHeldError } from "../state/run_lock.ts";
import { recordRefusal, refusedOutcome, tellOthers, withProblems } from "./after_run.ts";
import { type CliContext, loadChosenConfig, outerEnvironment } from "./context.ts";
import { dryRun } from "./dry_run.ts";
import { openReporters, removeOldLogs, type ReportingFlags } from "./reporting_desk.ts";
import { VERSION } from "./version.ts";
import { withoutEffect } from "./without_effect.ts";

/** The flags of `autoborg run`. */
export interface RunFlags extends ReportingFlags {
  readonly dryRun: boolean;
  readonly repo?: readonly string[];
  readonly skip?: readonly Step[];
}

/** `autoborg run`: the main job. */
export async function runVerb(this: CliContext, flags: RunFlags): Promise<void> {
  const loaded = await loadChosenConfig(this, flags);
  const plan = makePlan(loaded.config, {
    runId: formatRunId(crypto.getRandomValues(new Uint8Array(4))),
    startedAt: new Date(),
    hostname: Deno.hostname(),
    repositories: flags.repo ?? [],
    skip: flags.skip ?? [],
  });
  const mask = createMasker(loaded.secrets);
  if (flags.dryRun) return await dryRun(this, plan, mask);
  using session = await openSession(plan).catch((error: unknown) => {
    if (error instanceof LockHeldError) reportRefusal(this, plan, error, mask);
    throw error;
  });
  const desk = await openReporters(this, flags, loaded, plan, mask);
  const outcome = await run(
    {
      plan,
      version: VERSION,
      outer: outerEnvironment(this.variable),
      emit: desk.reporters.emit,
      problems: [...warningsOf(loaded), ...desk.problems],
      lastCheck: desk.lastCheck,
    },
    session.watch,
  );
  const late = await removeOldLogs(loaded, plan);
  const sofar = withProblems(outcome, [...late, ...desk.reporters.problems]);
  const whole = await tellOthers({ context: this, plan, desk, mask }, sofar);
  desk.reporters.emit({ type: "run-finished", outcome: whole });
  await desk.reporters.close();
  // What failed in the last moment can be said here only.
  const known = new Set(whole.problems);
  const last = desk.reporters.problems.filter((problem) => !known.has(problem));
  for (const { message } of last) this.tell(`warning: ${mask(message)}\n`);
  this.end(exitCodeOf(withProblems(whole, last)));
}

function warningsOf(loaded: LoadedConfig): Problem[] {
  const messages = [...loaded.warnings, ...withoutEffect(loaded.config)];
  return messages.map((message) => ({ severity: "warning", message }));
}

function reportRefusal(
  context: CliContext,
  plan: Plan,
  error: LockHeldError,
  mask: Masker,
): void {
  const problems = recordRefusal(plan, refusedOutcome(plan, error), mask);
  for (const { message } of problems) context.tell(`warning: ${mask(message)}\n`);
}

/**
 * The exit code that tells what became of a run.
 *
 * @param outcome what became of it
 * @returns 130 or 143 when a signal ended it, else 0, 1 or 2
 */
export function exitCodeOf(outcome: RunOutcome): ExitCode {
  if (outcome.interruptedBy === "SIGINT") return ExitCode.interrupted;
  if (outcome.interruptedBy === "SIGTERM") return ExitCode.terminated;
  return { ok: ExitCode.ok, warning: ExitCode.warning, failed: ExitCode.failed }[outcome.verdict];
}
