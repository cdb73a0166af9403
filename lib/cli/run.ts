import { formatRunId } from "../archive_name.ts";
import { makePlan, type Plan } from "../backup/plan.ts";
import type { Problem, RunOutcome, Step } from "../backup/outcome.ts";
import { lockProblems, openSession, run, type RunSession } from "../backup/run.ts";
import { ConfigError } from "../config/config_error.ts";
import type { LoadedConfig } from "../config/load.ts";
import { ExitCode } from "../errors.ts";
import { createMasker, type Masker } from "../secret.ts";
import { LockHeldError } from "../state/run_lock.ts";
import { recordRefusal, refusedOutcome, tellOthers, withProblems } from "./after_run.ts";
import { chosenConfig, type CliContext, loadChosenConfig, outerEnvironment } from "./context.ts";
import { dryRun } from "./dry_run.ts";
import { openReporters, removeOldLogs, type ReportingFlags } from "./reporting_desk.ts";
import { mailInvalidConfig, mailOutcome, mailRefusal, tellProblems } from "./run_mail.ts";
import { VERSION } from "./version.ts";

/** The flags of `autoborg run`. */
export interface RunFlags extends ReportingFlags {
  readonly dryRun: boolean;
  readonly acceptShrink: boolean;
  readonly repo?: readonly string[];
  readonly skip?: readonly Step[];
}

/** `autoborg run`: the main job. */
export async function runVerb(this: CliContext, flags: RunFlags): Promise<void> {
  const loaded = await loadForRun(this, flags);
  const mask = createMasker(loaded.secrets);
  if (flags.dryRun) return await dryRun(this, planRun(loaded, flags), mask);
  const begun = await beginRun(this, flags, loaded, mask);
  using session = begun.session;
  const { plan } = begun;
  const desk = await openReporters(this, flags, loaded, plan, mask);
  const outcome = await run(
    {
      plan,
      version: VERSION,
      outer: outerEnvironment(this.variable),
      emit: desk.reporters.emit,
      problems: [...warningsOf(loaded), ...desk.problems],
      lastCheck: desk.lastCheck,
      baseline: desk.baseline,
    },
    session.watch,
  );
  const late = await removeOldLogs(loaded, plan, desk);
  const sofar = withProblems(outcome, [
    ...late,
    ...lockProblems(session),
    ...desk.reporters.problems,
  ]);
  const whole = await tellOthers({ context: this, plan, desk, mask }, sofar);
  desk.reporters.emit({ type: "run-finished", outcome: whole });
  const { signal } = session.watch;
  const mailed = await mailOutcome({ loaded, plan, desk, outcome: whole, mask, signal });
  await desk.reporters.close();
  // What failed in the last moment can be said here only.
  const known = new Set(whole.problems);
  const last = [...desk.reporters.problems, ...mailed].filter((problem) => !known.has(problem));
  tellProblems(this, last, mask);
  this.end(exitCodeOf(withProblems(whole, last)));
}

/** A timer whose runs never begin must not go unnoticed: an invalid configuration is mailed. */
async function loadForRun(context: CliContext, flags: RunFlags): Promise<LoadedConfig> {
  try {
    return await loadChosenConfig(context, flags);
  } catch (error) {
    if (error instanceof ConfigError && !flags.dryRun) {
      await mailInvalidConfig(context, chosenConfig(context, flags), error);
    }
    throw error;
  }
}

/** Whatever keeps the run from beginning is mailed as well. */
async function beginRun(
  context: CliContext,
  flags: RunFlags,
  loaded: LoadedConfig,
  mask: Masker,
): Promise<{ readonly plan: Plan; readonly session: RunSession }> {
  let plan: Plan | undefined;
  try {
    plan = planRun(loaded, flags);
    return { plan, session: await openSession(plan) };
  } catch (error) {
    if (error instanceof LockHeldError && plan !== undefined) {
      reportRefusal(context, plan, error, mask);
    }
    const { mail, name, paths } = loaded.config;
    if (mail !== undefined) {
      await mailRefusal(context, { mail, name, stateDir: paths.state_dir, mask }, error);
    }
    throw error;
  }
}

function planRun({ config }: LoadedConfig, flags: RunFlags): Plan {
  return makePlan(config, {
    runId: formatRunId(crypto.getRandomValues(new Uint8Array(4))),
    startedAt: new Date(),
    hostname: Deno.hostname(),
    repositories: flags.repo ?? [],
    skip: flags.skip ?? [],
    acceptShrink: flags.acceptShrink,
  });
}

function warningsOf({ warnings }: LoadedConfig): Problem[] {
  return warnings.map((message) => ({ severity: "warning", message }));
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
