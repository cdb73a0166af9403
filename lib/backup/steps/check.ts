import { sortFindings } from "../../borg/authentication_failure.ts";
import { checkArguments } from "../../borg/commands.ts";
import { damageAdvice } from "../../borg/damage_failure.ts";
import type { BorgFailure } from "../../borg/failure_kinds.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import type { Problem } from "../outcome.ts";
import { callBorg, failedStep, problemOf, type StepContext, type StepResult } from "./borg_step.ts";

/** How many of Borg's findings are kept: each archive that is not authenticated takes two. */
const KEPT = 1_000;
/** How many of them are repeated in a message. */
const REPEATED = 3;
/** What Borg says at the end of every check that found something. */
const CLOSING = /^(?:Archive consistency check complete|Finished .*|Completed .*), .*found\.$/;

/**
 * Checks the repository and its archives. Borg ends `check` with a mere warning when it found
 * damage ("Archive consistency check complete, problems found"): here that is a failure.
 *
 * @param context the run and the repository
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function check(context: StepContext): Promise<StepResult> {
  const { target: repository } = context;
  const errors: string[] = [];
  const result = await callBorg(
    context,
    "check",
    checkArguments(repository, repository.check.verifyData),
    {
      onLine: (line) => {
        if (line.kind === "message" && line.level === "error" && errors.length < KEPT) {
          errors.push(line.text);
        }
      },
    },
  );
  const { end, duration } = result;
  if (end.kind === "success") {
    return { outcome: { step: "check", state: "ok", problems: [], duration } };
  }
  if (end.kind !== "warnings") return failedStep(context, "check", result);
  const problems = problemsOf(repository, errors);
  return { outcome: { step: "check", state: "failed", problems, duration } };
}

/** What is not authenticated is no damage, and a repair would destroy it. */
function problemsOf(repository: BorgRepository, errors: readonly string[]): Problem[] {
  const { failures, others } = sortFindings(repository, errors);
  const damage = others.filter((text) => !CLOSING.test(text));
  if (failures.length > 0 && damage.length === 0) return failures.map(problemOf);
  return [...failures.map(problemOf), problemOf(damageFailure(repository, damage))];
}

function damageFailure(repository: BorgRepository, damage: readonly string[]): BorgFailure {
  const found = damage.length === 0 ? "" : `: ${damage.slice(0, REPEATED).join("; ")}`;
  return {
    kind: "other",
    message: `the check found damage${found}`,
    hint: `Nothing is pruned until a check finds no damage. ${damageAdvice(repository)}`,
  };
}
