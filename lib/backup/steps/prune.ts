import { pruneArguments } from "../../borg/commands.ts";
import { finishedStep } from "./finished_step.ts";
import { callBorg, type StepContext, type StepResult } from "./borg_step.ts";

/**
 * Removes the archives of this series that retention does not keep.
 *
 * @param context the run and the repository
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function prune(context: StepContext): Promise<StepResult> {
  const { target } = context;
  const args = pruneArguments(target, context.plan.name, target.retention);
  if (args === undefined) {
    const reason = "no retention is set, so nothing is pruned";
    return { outcome: { step: "prune", state: "skipped", reason, expected: true } };
  }
  return finishedStep(context, "prune", await callBorg(context, "prune", args));
}
