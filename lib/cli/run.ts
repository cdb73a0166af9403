import { formatRunId } from "../archive_name.ts";
import { makePlan, type Plan } from "../backup/plan.ts";
import type { Problem, RunOutcome, Step } from "../backup/outcome.ts";
import { openSession, run } from "../backup/run.ts";
import { verdictOf, worst } from "../backup/outcome.ts";
import type { LoadedConfig } from "../config/load.ts";
import { AppError, ExitCode, reasonOf } from "../errors.ts";
import { ConsoleReporter, type ProgressStyle } from "../report/console.ts";
import { historyReporter } from "../report/history.ts";
import { openLogFile } from "../report/log_file.ts";
import { logFileName, removeExpiredLogs } from "../report/log_retention.ts";
import { type Reporter, Reporters } from "../report/reporter.ts";
import { createMasker, type Masker } from "../secret.ts";
import { History } from "../state/history.ts";
import {
  type CliContext,
  type CommonFlags,
  loadChosenConfig,
  outerEnvironment,
  wantsColour,
} from "./context.ts";
import { dryRun } from "./dry_run.ts";
import { VERSION } from "./version.ts";
import { withoutEffect } from "./without_effect.ts";

/** The flags of `autoborg run`. */
export interface RunFlags extends CommonFlags {
  readonly dryRun: boolean;
  readonly repo?: readonly string[];
  readonly skip?: readonly Step[];
  readonly progress: "auto" | ProgressStyle;
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
  using session = await openSession(plan);
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
  const whole = withProblems(outcome, [...late, ...desk.reporters.problems]);
  desk.reporters.emit({ type: "run-finished", outcome: whole });
  await desk.reporters.close();
  // What failed in the last moment can be said here only.
  const known = new Set(whole.problems);
  const last = desk.reporters.problems.filter((problem) => !known.has(problem));
  for (const { message } of last) this.tell(`warning: ${mask(message)}\n`);
  this.end(exitCodeOf(withProblems(whole, last)));
}

interface ReportingDesk {
  readonly reporters: Reporters;
  readonly problems: readonly Problem[];
  readonly lastCheck: (label: string) => Date | undefined;
}

/** A log or a history that can't be opened is reported; the backup goes on without it. */
async function openReporters(
  context: CliContext,
  flags: RunFlags,
  loaded: LoadedConfig,
  plan: Plan,
  mask: Masker,
): Promise<ReportingDesk> {
  const { logs } = loaded.config;
  const problems: Problem[] = [];
  const open: Reporter[] = [consoleReporter(context, flags, mask)];
  try {
    const name = logFileName(plan.archive);
    open.push(await openLogFile({ directory: logs.directory, name, level: logs.level, mask }));
  } catch (error) {
    problems.push(asWarning(error));
  }
  let lastCheck: ReportingDesk["lastCheck"] = () => undefined;
  try {
    const history = History.open(`${plan.stateDir}/history.db`, (message) => {
      problems.push({ severity: "warning", message });
    });
    open.push(historyReporter(history, mask));
    lastCheck = (label) => history.lastSuccess(plan.name, label, "check");
  } catch (error) {
    problems.push(asWarning(error));
  }
  return { reporters: new Reporters(open), problems, lastCheck };
}

function consoleReporter(context: CliContext, flags: RunFlags, mask: Masker): ConsoleReporter {
  const automatic = Deno.stderr.isTerminal() && context.variable("TERM") !== "dumb";
  return new ConsoleReporter({
    write: context.tell,
    writeOutput: context.print,
    columns: terminalWidth,
    colour: wantsColour(context, flags),
    progress: flags.progress !== "auto" ? flags.progress : automatic ? "bar" : "plain",
    mask,
    now: () => performance.now(),
  });
}

function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

function warningsOf(loaded: LoadedConfig): Problem[] {
  const messages = [...loaded.warnings, ...withoutEffect(loaded.config)];
  return messages.map((message) => ({ severity: "warning", message }));
}

async function removeOldLogs(loaded: LoadedConfig, plan: Plan): Promise<readonly Problem[]> {
  const { directory, keep } = loaded.config.logs;
  try {
    await removeExpiredLogs(directory, plan.name, keep);
    return [];
  } catch (error) {
    return [asWarning(error)];
  }
}

function asWarning(error: unknown): Problem {
  const hint = error instanceof AppError && error.hint !== undefined ? { hint: error.hint } : {};
  return { severity: "warning", message: reasonOf(error), ...hint };
}

function withProblems(outcome: RunOutcome, more: readonly Problem[]): RunOutcome {
  const problems = [...outcome.problems, ...more];
  return { ...outcome, problems, verdict: worst([outcome.verdict, verdictOf(more)]) };
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
