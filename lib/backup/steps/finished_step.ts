import type { BorgResult } from "../../borg/run_borg.ts";
import type { Step } from "../outcome.ts";
import { failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/**
 * What became of a step that is done when Borg has ended well.
 *
 * @param context the run and the repository
 * @param step the step
 * @param result how Borg ended
 * @returns what became of the step
 */
export function finishedStep(context: StepContext, step: Step, result: BorgResult): StepResult {
  const { end, duration } = result;
  if (end.kind === "success") return { outcome: { step, state: "ok", problems: [], duration } };
  if (end.kind !== "warnings") return failedStep(context, step, result);
  const problem = {
    severity: "warning",
    message: "Borg ended with a warning; the log has it",
  } as const;
  return { outcome: { step, state: "warning", problems: [problem], duration } };
}
