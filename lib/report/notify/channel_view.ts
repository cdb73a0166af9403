/** What one channel hears of a run: its repositories and its kinds of problems alone. Pure. @module */
import type { RepositoryOutcome, RunOutcome, State, StepOutcome } from "../../backup/outcome.ts";
import type { Channel, Topic } from "../../config/notify_channel.ts";
import type { Problem } from "../../problem.ts";
import type { Told } from "../../state/told_state.ts";

/** What a channel asks for. */
type Interest = Pick<Channel, "only" | "repositories">;

/** A run as a channel sees it. */
export function viewOf(outcome: RunOutcome, { only, repositories }: Interest): RunOutcome {
  const chosen = outcome.repositories.filter(({ label }) =>
    repositories.length === 0 || repositories.includes(label)
  );
  if (only.length === 0 && chosen.length === outcome.repositories.length) return outcome;
  const problems = outcome.problems.filter((problem) => isWanted(problem, undefined, only));
  const seen = chosen.map((repository) => repositoryView(repository, only));
  const states = seen.map(({ state }) => state === "absent" ? "ok" : state);
  return {
    ...outcome,
    problems,
    repositories: seen,
    state: worstState([...states, stateOfProblems(problems)]),
  };
}

/** What is bad in a run, each as a word that stays the same as long as it is. */
export function badOf({ problems, repositories }: RunOutcome): Told["bad"] {
  const own = stateOfProblems(problems);
  return [
    ...(own === "ok" ? [] : [`run ${own}`]),
    ...repositories.flatMap(({ label, state }) =>
      state === "ok" || state === "absent" ? [] : [`${label} ${state}`]
    ),
  ];
}

function repositoryView(repository: RepositoryOutcome, only: readonly Topic[]): RepositoryOutcome {
  if (repository.state === "absent" || only.length === 0) return repository;
  const steps = repository.steps.map((step): StepOutcome => {
    if (step.state === "skipped") return step;
    const problems = step.problems.filter((problem) => isWanted(problem, step.step, only));
    return { ...step, problems, state: stateOfProblems(problems) };
  });
  const states = steps.map(({ state }) => state === "skipped" ? "ok" : state);
  return { ...repository, steps, state: worstState(states) };
}

/** Alarms are what `inspect` finds. */
function isWanted(
  { severity }: Problem,
  step: StepOutcome["step"] | undefined,
  only: readonly Topic[],
): boolean {
  if (only.length === 0) return true;
  if (only.includes(severity === "error" ? "failed" : "warning")) return true;
  const topic = step === "inspect" ? "alarm" : step === "verify-dumps" ? "verify" : step;
  return topic !== undefined && only.includes(topic);
}

function stateOfProblems(problems: readonly Problem[]): State {
  if (problems.some(({ severity }) => severity === "error")) return "failed";
  return problems.length > 0 ? "warning" : "ok";
}

function worstState(states: readonly State[]): State {
  if (states.includes("failed")) return "failed";
  return states.includes("warning") ? "warning" : "ok";
}
