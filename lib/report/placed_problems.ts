/** The problems of a run, each with where it happened. Pure. @module */
import type { RunOutcome, State } from "../backup/outcome.ts";
import type { Problem } from "../problem.ts";
import { listed } from "../text/listed.ts";

/** A problem of a run, and the repositories and the step it belongs to; empty for the run itself. */
export interface PlacedProblem extends Problem {
  readonly where: string;
}

/** The steps of a repository, with their problems. */
interface RepositorySteps<P> {
  readonly label: string;
  readonly state: State | "absent";
  readonly steps: readonly { readonly step: string; readonly problems: readonly P[] }[];
}

/**
 * All problems of a run, its own ones first. What several repositories have alike in a step is said once,
 * and so is what several problems advise: many steps read one damaged repository.
 */
export function placedProblems(outcome: RunOutcome): readonly PlacedProblem[] {
  const own = outcome.problems.map((problem) => ({ ...problem, where: "" }));
  const repositories = outcome.repositories.flatMap((one) =>
    one.state === "absent"
      ? []
      : [{ ...one, steps: one.steps.filter((step) => step.state !== "skipped") }]
  );
  return withoutRepeatedHints([...own, ...mergedProblems(repositories)]);
}

/** The problems of repositories; what several of them have alike in a step is said once. */
export function mergedProblems<P extends Pick<Problem, "severity" | "message">>(
  repositories: readonly RepositorySteps<P>[],
): readonly (P & Pick<PlacedProblem, "where">)[] {
  const all = repositories.flatMap(({ label, steps }) =>
    steps.flatMap(({ step, problems }) => problems.map((problem) => ({ label, step, problem })))
  );
  const present = repositories.filter(({ state }) => state !== "absent").length;
  const alike = Map.groupBy(all, ({ step, problem }) => JSON.stringify([step, problem]));
  return [...alike.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const labels = [...new Set([first, ...more].map(({ label }) => label))];
    return [{ ...first.problem, where: placeOf(labels, first.step, present) }];
  });
}

function placeOf(labels: readonly string[], step: string, all: number): string {
  if (labels.length === 1) return `${labels[0]} ${step}`;
  return `${step} in ${labels.length === all ? "all repositories" : listed(labels)}`;
}

/**
 * The problems that are told when a step has finished, each with the repositories that have it alike;
 * those are told with the first of them.
 */
export function problemsOfStep(
  repository: string,
  problems: readonly Problem[],
): readonly PlacedProblem[] {
  return problems.filter(({ repositories: [first = repository] = [] }) => first === repository)
    .map((problem) => ({ ...problem, where: listed(problem.repositories ?? []) }));
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
