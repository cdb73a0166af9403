import { databaseLabel } from "../../text/database_series.ts";
import type { DumpOutcome, DumpProblem } from "../dump_outcome.ts";
import type { DumpRound, RoundResult } from "../dump_round.ts";
import { type Problem, stateOf, worst } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import { clearLeftovers } from "./dump_leftovers.ts";
import { DumpTarget } from "./dump_target.ts";

/** How many databases of the same problem are named. */
const NAMED = 5;

/**
 * Takes part in the dumps of the run, for one repository. It is opened first: that may be tried again,
 * while a dump is made once.
 *
 * @returns what became of all dumps in this repository
 * @throws {AppError} when Borg can't be started
 * @throws {PassingFailure} when the repository can't be opened now, and that is tried again
 */
export async function dump(
  context: StepContext,
  memory: RepositoryMemory,
  round: DumpRound,
): Promise<StepResult> {
  const began = performance.now();
  const failed = await clearLeftovers(context, memory);
  if (failed !== undefined) return failedStep(context, "dump", failed);
  const result = await round.enter(new DumpTarget(context, memory));
  const { dumps } = result;
  const problems = problemsOf(result);
  const state = worst([stateOf(problems), ...dumps.map(({ state }) => state)]);
  const duration = performance.now() - began;
  const outcome = { step: "dump", state, problems, duration, dumps } as const;
  return context.signal.aborted ? { outcome, stopped: true } : { outcome };
}

/** The problems of all dumps; what several of them have in common is said once. */
function problemsOf({ dumps, problems }: RoundResult): readonly Problem[] {
  const groups = new Map<string, { problem: DumpProblem; of: DumpOutcome[] }>();
  for (const one of dumps) {
    for (const problem of one.problems) {
      const key = JSON.stringify(problem);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { problem, of: [one] });
      else group.of.push(one);
    }
  }
  const said = [...groups.values()].map(({ problem, of }) => {
    const { isOfRepository = false, isComplete = false, message, severity, ...rest } = problem;
    if (isComplete) return { ...rest, severity, message };
    const names = namesOf(of);
    if (severity === "warning") {
      return { ...rest, severity, message: `Dump of ${names}: ${message}` };
    }
    const what = isOfRepository ? `Cannot store the dump of ${names}` : `Cannot dump ${names}`;
    return { ...rest, severity, message: `${what}: ${message}` };
  });
  return [...said, ...problems];
}

function namesOf(dumps: readonly DumpOutcome[]): string {
  const names = dumps.map((one) => JSON.stringify(databaseLabel(one)));
  const more = names.length - NAMED;
  return more > 1
    ? `${names.slice(0, NAMED).join(", ")} and ${more} more databases`
    : names.join(", ");
}
