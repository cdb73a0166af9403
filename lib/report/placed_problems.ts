/** The problems of a run, each with where it happened. Pure. @module */
import type { RunOutcome } from "../backup/outcome.ts";
import type { Problem } from "../problem.ts";

/** A problem of a run, and the repository and step it belongs to; empty for the run itself. */
export interface PlacedProblem extends Problem {
  readonly where: string;
}

/**
 * All problems of a run, its own ones first. What several of them advise is said once: many steps read
 * one damaged repository.
 */
export function placedProblems(outcome: RunOutcome): readonly PlacedProblem[] {
  const own = outcome.problems.map((problem) => ({ ...problem, where: "" }));
  const others = outcome.repositories.flatMap((repository) =>
    repository.state === "absent" ? [] : repository.steps.flatMap((step) => {
      const where = `${repository.label} ${step.step}`;
      return step.state === "skipped" ? [] : step.problems.map((one) => ({ ...one, where }));
    })
  );
  return withoutRepeatedHints([...own, ...others]);
}

/** Sorts problems: what failed is read before what is only doubtful. */
export function errorsFirst(a: Problem, b: Problem): number {
  return Number(b.severity === "error") - Number(a.severity === "error");
}

/** A hint stays where it is said first, or as part of the longest one. */
function withoutRepeatedHints(problems: readonly PlacedProblem[]): readonly PlacedProblem[] {
  return problems.map((problem, at) => {
    const { hint, ...rest } = problem;
    if (hint === undefined) return problem;
    const isSaid = problems.some(({ hint: other = "" }, index) =>
      other.includes(hint) && (other.length > hint.length || index < at)
    );
    return isSaid ? rest : problem;
  });
}
