import { compactArguments } from "../../borg/commands.ts";
import { callBorg, type StepContext, type StepResult } from "./borg_step.ts";
import { finishedStep } from "./finished_step.ts";

/**
 * Gives the space of removed archives back.
 *
 * @param context the run and the repository
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function compact(context: StepContext): Promise<StepResult> {
  const args = compactArguments(context.target);
  return finishedStep(context, "compact", await callBorg(context, "compact", args));
}
