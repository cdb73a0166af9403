/** Which steps a repository owes its state to. Pure. @module */
import type { Problem, RepositoryOutcome } from "../backup/outcome.ts";
import { listed } from "../text/listed.ts";

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

/**
 * What is said of each repository, behind its label; a reason that several have is said once, such as
 * "disk and nas failed (dump: …)".
 */
export function joinedParts(
  parts: readonly (readonly [label: string, said: string])[],
): readonly string[] {
  return [...Map.groupBy(parts, ([, said]) => said)].flatMap(([said, of]) => {
    const labels = of.map(([label]) => label);
    const hasReason = said.includes("(");
    return hasReason ? [`${listed(labels)} ${said}`] : labels.map((label) => `${label} ${said}`);
  });
}
