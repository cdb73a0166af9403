import type { DumpRound } from "../dump_round.ts";
import { stateOf, worst } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import { clearLeftovers } from "./dump_leftovers.ts";
import { DumpTarget } from "./dump_target.ts";

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
  const { dumps, problems } = await round.enter(new DumpTarget(context, memory));
  const state = worst([stateOf(problems), ...dumps.map(({ state }) => state)]);
  const duration = performance.now() - began;
  const outcome = { step: "dump", state, problems, duration, dumps } as const;
  return context.signal.aborted ? { outcome, stopped: true } : { outcome };
}
