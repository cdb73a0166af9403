import { stateOf, type Step } from "../outcome.ts";
import { cacheProblems, type StepBorgResult } from "./new_cache.ts";
import { failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/** What became of a step that is done when Borg has ended well. */
export function finishedStep(context: StepContext, step: Step, result: StepBorgResult): StepResult {
  const { end, duration } = result;
  const rebuilt = cacheProblems(result);
  if (end.kind === "success") {
    return { outcome: { step, state: stateOf(rebuilt), problems: rebuilt, duration } };
  }
  if (end.kind !== "warnings") return failedStep(context, step, result);
  const problem = {
    severity: "warning",
    message: "Borg finished with a warning; see the log",
  } as const;
  return { outcome: { step, state: "warning", problems: [...rebuilt, problem], duration } };
}
