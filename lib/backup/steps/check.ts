import { checkArguments } from "../../borg/commands.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/**
 * Checks the repository and its archives. Borg ends `check` with a mere warning when it found
 * damage ("Archive consistency check complete, problems found"): here that is a failure.
 *
 * @param context the run and the repository
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function check(context: StepContext): Promise<StepResult> {
  const { repository, check: { verifyData } } = context.target;
  const errors: string[] = [];
  const result = await callBorg(context, "check", checkArguments(repository, verifyData), {
    onLine: (line) => {
      if (line.kind === "message" && line.level === "error" && errors.length < 3) {
        errors.push(line.text);
      }
    },
  });
  const { end, duration } = result;
  if (end.kind === "success") {
    return { outcome: { step: "check", state: "ok", problems: [], duration } };
  }
  if (end.kind !== "warnings") return failedStep(context, "check", result);
  const found = errors.length === 0 ? "" : `: ${errors.join("; ")}`;
  const problem = {
    severity: "error",
    message: `the check found damage${found}`,
    hint:
      `Nothing is pruned until this is mended. Look at the disk, then see "borg check --repair" ` +
      "in Borg's manual; save a copy of the repository first",
  } as const;
  return { outcome: { step: "check", state: "failed", problems: [problem], duration } };
}
