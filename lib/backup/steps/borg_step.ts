/**
 * What the steps of a repository's pipeline have in common: Borg is run, everybody hears of it.
 *
 * @module
 */
import type { InheritedEnvironment } from "../../borg/environment.ts";
import { type BorgFailure, mayPass } from "../../borg/failure_kinds.ts";
import type { BorgLine } from "../../borg/log_line.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import { type BorgRequest, type BorgResult, runBorg } from "../../borg/run_borg.ts";
import type { StartProgram, Stopping } from "../../process/program.ts";
import { humanDuration } from "../../text/units.ts";
import type { Emit, RunEvent, Scope } from "../events.ts";
import { describeInterruption, type Interruption } from "../interruption.ts";
import type { Problem, StepOutcome } from "../outcome.ts";
import type { Repository } from "../../config/config_schema.ts";
import type { Plan } from "../plan.ts";
import { PassingFailure, type StepAttempt } from "./attempt.ts";
import { type StepBorgResult, withNewCache } from "./new_cache.ts";
import { describeEnd } from "../../process/reported_program.ts";

/** What every step works with. */
export interface StepContext {
  readonly plan: Plan;
  readonly target: Repository;
  /** Our own environment, as far as Borg may see it. */
  readonly inherited: InheritedEnvironment;
  /** Starts Borg. */
  readonly start: StartProgram;
  /** Aborts with an {@linkcode Interruption} as its reason. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** The attempt that is made; the only one when left out. */
  readonly attempt?: StepAttempt;
}

/** What became of a step, and why if Borg itself failed. */
export interface StepResult {
  readonly outcome: StepOutcome;
  /** Why Borg ended with an error. */
  readonly failure?: BorgFailure;
  /** The run was stopped while Borg was running. */
  readonly stopped?: true;
}

/**
 * Runs Borg for one repository and tells everybody.
 *
 * @throws {AppError} when Borg can't be started
 * @throws {PassingFailure} when Borg failed in a way that may pass, and the step is tried again
 */
export async function callBorg(
  context: BorgContext,
  step: Scope["step"] & string,
  args: readonly string[],
  options: CallOptions = {},
): Promise<StepBorgResult> {
  const call = () => callOnce(context, step, args, options);
  const result = await withNewCache(
    context,
    step,
    call,
    (words) => callOnce(context, step, words, {}),
  );
  const { end } = result;
  const isRepeated = context.attempt?.isLast === false && options.returnsFailures !== true;
  if (isRepeated && end.kind === "failed" && mayPass(end.failure)) {
    throw new PassingFailure(end.failure);
  }
  return result;
}

/** What Borg is called with. */
type BorgContext = Pick<StepContext, "inherited" | "start" | "signal" | "emit" | "attempt"> & {
  readonly target: BorgRepository;
};

/** What a call of Borg needs besides its arguments. */
interface CallOptions extends
  Partial<
    Pick<
      BorgRequest,
      "cwd" | "stdin" | "variables" | "onLine" | "onStdoutLine" | "onStdoutBytes" | "stop"
    >
  > {
  /** The caller takes every failure itself, also one after which the step is tried again. */
  readonly returnsFailures?: true;
}

async function callOnce(
  context: BorgContext,
  step: Scope["step"] & string,
  args: readonly string[],
  options: CallOptions,
): Promise<BorgResult> {
  const { target: repository } = context;
  const scope = { repository: repository.label, step };
  const { emit } = context;
  emit({ type: "command-started", scope, command: ["borg", ...args] });
  const result = await runBorg({
    ...options,
    repository,
    args,
    inherited: context.inherited,
    start: context.start,
    signal: context.signal,
    onLine: (line) => {
      options.onLine?.(line);
      const event = eventOf(line, scope);
      if (event !== undefined) emit(event);
    },
  });
  emit({
    type: "command-finished",
    scope,
    program: "borg",
    end: describeEnd(result.processEnd),
    succeeded: result.end.kind === "success" || result.end.kind === "warnings",
    duration: result.duration,
  });
  return result;
}

/** Turns how Borg ended into what became of a step, when Borg did not do it. */
export function failedStep(
  context: StepContext,
  step: StepOutcome["step"],
  result: BorgResult,
): StepResult {
  const { end, duration } = result;
  if (end.kind === "stopped") {
    const message = `${interruptionOf(context.signal)}${describeStopping(step, result.stopping)}`;
    const problem = { severity: "error", message } as const;
    return { outcome: { step, state: "failed", problems: [problem], duration }, stopped: true };
  }
  const failure: BorgFailure = end.kind === "failed"
    ? end.failure
    : { kind: "other", message: "Borg finished with warnings" };
  const outcome = { step, state: "failed", problems: [problemOf(failure)], duration } as const;
  return { outcome, failure };
}

/** Borg that stops faster than this, in milliseconds, is not worth a word. */
const AT_ONCE = 5_000;

/**
 * Says what was waited for when Borg was stopped, as the end of a sentence.
 *
 * @returns such as "; Borg was asked to stop and took 45 s to write its checkpoint"
 */
function describeStopping(step: StepOutcome["step"], stopping: Stopping | undefined): string {
  if (stopping === undefined || stopping.took < AT_ONCE) return "";
  const { signal } = stopping;
  const took = humanDuration(stopping.took);
  if (signal === "SIGINT") {
    const what = step === "create" ? " to write its checkpoint" : "";
    return `; Borg was asked to stop and took ${took}${what}`;
  }
  return `; Borg did not stop when asked to and was killed with ${signal} after ${took}`;
}

/**
 * Says why a run is being stopped.
 *
 * @returns such as "interrupted by SIGTERM"
 */
export function interruptionOf(signal: AbortSignal): string {
  return isInterruption(signal.reason) ? describeInterruption(signal.reason) : "interrupted";
}

/** Turns a failure of Borg's into a problem of the report. */
export function problemOf(failure: BorgFailure): Problem {
  const { message, hint } = failure;
  return { severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

function isInterruption(reason: unknown): reason is Interruption {
  return typeof reason === "object" && reason !== null && "kind" in reason &&
    (reason.kind === "signal" || reason.kind === "timeout" || reason.kind === "internal-error");
}

function eventOf(line: BorgLine, scope: Scope & { repository: string }): RunEvent | undefined {
  switch (line.kind) {
    case "message":
      return { type: "output", scope, level: line.level, text: line.text };
    case "question":
    case "text":
      return { type: "output", scope, level: "info", text: line.text };
    case "file-status": {
      const level = line.status === "A" || line.status === "M" ? "debug" : "info";
      return { type: "output", scope, level, text: `${line.status} ${line.path}` };
    }
    case "archive-progress": {
      const { files, originalSize, deduplicatedSize: newSize, path } = line;
      const progress = { kind: "create", files, originalSize, newSize, path } as const;
      return { type: "progress", repository: scope.repository, progress };
    }
    case "percent": {
      const { percent, message } = line;
      const progress = { kind: "percent", percent, message } as const;
      return { type: "progress", repository: scope.repository, progress };
    }
    case "commit":
    case "other":
      return undefined;
  }
}
