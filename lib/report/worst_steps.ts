/** Which steps a repository owes its state to. Pure. @module */
import type { Problem, RepositoryOutcome } from "../backup/outcome.ts";

/** The steps to which a repository owes its state, each with its first problem. */
export function worstSteps(
  outcome: Exclude<RepositoryOutcome, { readonly state: "absent" }>,
): readonly { readonly step: string; readonly problem: Problem }[] {
  return outcome.steps.flatMap((step) => {
    if (step.state === "skipped" || step.state !== outcome.state) return [];
    const isReason = ({ severity }: Problem) => step.state === "warning" || severity === "error";
    const problem = step.problems.find(isReason);
    return problem === undefined ? [] : [{ step: step.step, problem }];
  });
}
