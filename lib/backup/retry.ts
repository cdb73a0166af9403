/**
 * Tries a step again whose failure may pass. The policy is the configuration's; the time, chance and
 * the place that is given to others meanwhile come from outside.
 *
 * @module
 */
import { waitFor } from "../async/deadline.ts";
import { mayPass } from "../borg/failure_kinds.ts";
import type { Retry } from "../config/config_schema.ts";
import { ordinal } from "../text/units.ts";
import type { Emit } from "./events.ts";
import type { Problem, Step } from "./outcome.ts";
import type { StepAttempt } from "./steps/attempt.ts";
import { interruptionOf, type StepResult } from "./steps/borg_step.ts";

/** What waiting needs of the world around it. */
export interface Waiting {
  /** Milliseconds since some moment, only ever growing. */
  readonly now: () => number;
  /** Waits for a time in milliseconds, or until the signal aborts. */
  readonly wait: (time: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to 1, so that many clients do not come back in the same moment. */
  readonly random: () => number;
  /** Waits for something while others may have the place that `run.parallel` gave. */
  readonly outside: <T>(wait: () => Promise<T>) => Promise<T>;
  /** When the run must have ended, in the time of `now`; `Infinity` without a limit. */
  readonly end: number;
}

/** The time and the chance of this machine. */
export const REAL_WAITING: Pick<Waiting, "wait" | "random"> = {
  wait: waitFor,
  random: Math.random,
};

/** A step that may be tried again. */
interface RetriedStep {
  readonly repository: string;
  readonly step: Step;
  readonly policy: Retry;
  /** For how long the snapshots stay for it; left out when it does not read them. */
  readonly hold?: SnapshotHold;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** For how long the snapshots stay staged for a repository that is waited for. */
export class SnapshotHold {
  readonly #limit: number;
  #since: number | undefined;

  /** @param limit milliseconds from the first failure on */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A step has failed; the first one counts. */
  begin(now: number): void {
    this.#since ??= now;
  }

  /** When it is over, as far as is known. */
  end(now: number): number {
    return (this.#since ?? now) + this.#limit;
  }
}

/** By which part of itself a wait is longer or shorter. */
const JITTER = 0.25;

/**
 * Does a step, again and again as long as its failure may pass and there is a wait left.
 *
 * @returns what became of the last attempt, with how many there were and why
 */
export async function withRetries(
  step: RetriedStep,
  waiting: Waiting,
  once: (attempt: StepAttempt) => Promise<StepResult>,
): Promise<StepResult> {
  const began = waiting.now();
  const reasons: string[] = [];
  for (let number = 1;; number += 1) {
    const wait = nextWait(step, waiting, number);
    const result = await once({ number, isLast: wait === undefined });
    const { failure } = result;
    const finished = () => withAttempts(result, number, reasons, waiting.now() - began);
    if (failure === undefined || !mayPass(failure) || step.signal.aborted) return finished();
    step.hold?.begin(waiting.now());
    // An attempt may take hours: what was in time before it need not be so after it.
    if (wait === undefined || !isInTime(wait, step, waiting)) {
      if (step.policy.waits.length >= number) tellNoTime(step);
      return finished();
    }
    reasons.push(failure.message);
    await waitForNext(step, waiting, { next: number + 1, wait, reason: failure.message });
    if (step.signal.aborted) {
      const stopped = stoppedWhileWaiting(result, step.signal, number + 1);
      return withAttempts(stopped, number, reasons.slice(0, -1), waiting.now() - began);
    }
  }
}

async function waitForNext(
  { repository, step, signal, emit }: RetriedStep,
  waiting: Waiting,
  { next: attempt, wait, reason }: {
    readonly next: number;
    readonly wait: number;
    readonly reason: string;
  },
): Promise<void> {
  emit({ type: "retry-waiting", repository, step, attempt, wait, reason });
  await waiting.outside(() => waiting.wait(wait, signal));
  if (!signal.aborted) emit({ type: "retry-started", repository, step, attempt });
}

/** How long is waited after an attempt; `undefined` when it is the last one. */
function nextWait(step: RetriedStep, waiting: Waiting, attempt: number): number | undefined {
  const wait = step.policy.waits[attempt - 1];
  if (wait === undefined) return undefined;
  const varied = Math.round(wait * (1 - JITTER + 2 * JITTER * waiting.random()));
  return isInTime(varied, step, waiting) ? varied : undefined;
}

function isInTime(wait: number, { hold }: RetriedStep, { now, end }: Waiting): boolean {
  return now() + wait < Math.min(hold?.end(now()) ?? Infinity, end);
}

function tellNoTime({ repository, step, hold, emit }: RetriedStep): void {
  const limits = hold === undefined ? "run.timeout" : "retry.hold or run.timeout";
  const text = `not tried again: the next wait would last longer than ${limits} allows`;
  emit({ type: "note", scope: { repository, step }, level: "info", text });
}

function withAttempts(
  result: StepResult,
  attempts: number,
  reasons: readonly string[],
  duration: number,
): StepResult {
  const [reason] = reasons;
  const { outcome } = result;
  if (reason === undefined || outcome.state === "skipped") return result;
  return { ...result, outcome: { ...outcome, duration, retried: { attempts, reason } } };
}

/** The failure stays what it was; that nothing was tried any more has another reason. */
function stoppedWhileWaiting(result: StepResult, signal: AbortSignal, attempt: number): StepResult {
  const { outcome } = result;
  if (outcome.state === "skipped") return result;
  const problem: Problem = {
    severity: "error",
    message: `${interruptionOf(signal)} while waiting for the ${ordinal(attempt)} attempt`,
  };
  return {
    ...result,
    outcome: { ...outcome, problems: [...outcome.problems, problem] },
    stopped: true,
  };
}
