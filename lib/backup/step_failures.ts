/** What the failure of a step means for its repository. @module */
import type { BorgFailure } from "../borg/failure_kinds.ts";
import { withoutPruning } from "../borg/system_failure.ts";
import { withSeenArchives } from "../borg/missing_repository.ts";
import { countSeen } from "../state/seen_archives.ts";
import type { Emit } from "./events.ts";
import type { Step } from "./outcome.ts";
import { problemOf } from "./problems.ts";
import { HeldErrors } from "./steps/held_errors.ts";
import type { RepositoryMemory } from "./repository_memory.ts";
import { PassingFailure } from "./steps/attempt.ts";
import {
  problemOf as failureProblem,
  type StepContext,
  type StepResult,
} from "./steps/borg_step.ts";

/**
 * Makes one attempt at a step.
 *
 * @param mayBeAbsent whether nothing sounds like an error when the repository is not there
 */
export async function attemptIn<Context extends StepContext>(
  context: Context,
  step: Step,
  run: (context: Context) => Promise<StepResult>,
  mayBeAbsent: boolean,
): Promise<StepResult> {
  if (!mayBeAbsent) return await attempt(step, context.emit, () => run(context));
  const errors = new HeldErrors(context.emit);
  const result = await attempt(step, context.emit, () => run({ ...context, emit: errors.emit }));
  errors.release(whyAbsent(result) === undefined);
  return result;
}

/** Does a step; one that can't even start must not take the other repositories with it. */
async function attempt(
  step: Step,
  emit: Emit,
  run: () => Promise<StepResult>,
): Promise<StepResult> {
  const started = performance.now();
  try {
    return await run();
  } catch (error) {
    const duration = performance.now() - started;
    if (error instanceof PassingFailure) {
      const { failure } = error;
      return {
        outcome: { step, state: "failed", problems: [failureProblem(failure)], duration },
        failure,
      };
    }
    const problem = problemOf(error, emit);
    return {
      outcome: { step, state: "failed", problems: [problem], duration },
      failure: { kind: "other", message: problem.message },
    };
  }
}

/**
 * What can't be read back or listed, or is not authenticated, casts doubt on the repository, and a
 * check will tell more. Nothing is pruned or compacted after it.
 */
export function isDoubt(step: Step, { kind }: BorgFailure): boolean {
  return (step === "verify" || step === "verify-dumps" || step === "inspect") &&
    (kind === "other" || kind === "unauthenticated" || kind === "damaged");
}

/** Why an optional repository counts as absent, if it does. */
export function whyAbsent({ failure, outcome }: StepResult): string | undefined {
  const absent = failure?.kind === "missing-repository" || failure?.kind === "unreachable";
  if (!absent) return undefined;
  const attempts = outcome.state === "skipped" ? undefined : outcome.retried?.attempts;
  return `${failure.message}${attempts === undefined ? "" : `; tried ${attempts} times`}`;
}

/**
 * Says what a failure means for what is known of the repository: Borg refuses one that was set back
 * before any inspection sees it, and one that is gone must not be created anew.
 */
export function withMemory(
  { plan, target, memory }: StepContext & { readonly memory: RepositoryMemory },
  result: StepResult,
): StepResult {
  const { failure, outcome } = result;
  if (failure?.kind === "set-back") {
    const { message, hint = "" } = failure;
    memory.raise({
      ...{ kind: "repository-set-back", subject: "", severity: "error", message, hint },
      ...{ raisedBy: plan.runId, raisedAt: plan.startedAt.getTime(), accepted: false },
    });
  }
  if (failure === undefined || outcome.state === "skipped") return result;
  const seen = countSeen(memory.recall().archives);
  const found = target.optional ? failure : withSeenArchives(target, failure, seen);
  const known = seen.count === 0 ? withoutPruning(found, target.label) : found;
  if (known === failure) return result;
  const { hint = "" } = known;
  const problems = outcome.problems.map((problem) => ({ ...problem, hint }));
  return { ...result, outcome: { ...outcome, problems } };
}
