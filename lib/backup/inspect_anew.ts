/**
 * Looks at a repository again before something is removed from it: while it was waited for the server,
 * another repository may have taken its place.
 *
 * @module
 */
import type { Step, StepOutcome } from "./outcome.ts";
import { type PipelineState, stepCondition } from "./step_conditions.ts";
import type { StepContext, StepResult } from "./steps/borg_step.ts";
import { inspectAgain } from "./steps/inspect.ts";
import type { InspectRequest } from "./steps/new_archive.ts";

/**
 * Inspects the repository again before a step, and decides again whether the step may follow.
 *
 * @param step `prune` or `compact`
 * @param steps what became of the steps so far; the new inspection takes the place of the old one
 * @throws {PassingFailure} when the repository can't be asked now, and will be asked again
 */
export async function inspectAnew(
  step: Step,
  context: StepContext,
  request: InspectRequest,
  steps: StepOutcome[],
  state: () => PipelineState,
): Promise<StepResult | undefined> {
  const { emit, target: { label: repository } } = context;
  const at = steps.findIndex((one) => one.step === "inspect");
  const before = steps[at];
  // Without a first inspection the step would not be done.
  if (before === undefined) return undefined;
  emit({ type: "step-started", repository, step: "inspect" });
  const { outcome, ...how } = await inspectAgain(context, request, before);
  steps[at] = outcome;
  emit({ type: "step-finished", repository, outcome });
  const condition = stepCondition(step, state());
  if (!condition.open) {
    const { reason, expected } = condition;
    return { ...how, outcome: { step, state: "skipped", reason, expected } };
  }
  emit({ type: "step-started", repository, step });
  return undefined;
}
