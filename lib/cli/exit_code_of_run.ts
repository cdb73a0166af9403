/** What the program ends with after a run. @module */
import { allProblems, type RunOutcome } from "../backup/outcome.ts";
import { ExitCode } from "../errors.ts";
import { exitCodeOfState } from "./describe_error.ts";
import { STOP_EXIT_CODES } from "./stop_signals.ts";

/** 70 after an internal error; 130, 131 or 143 when a signal ended a run; else 0, 1 or 2. */
export function exitCodeOfRun(outcome: RunOutcome): ExitCode {
  if (allProblems(outcome).some(({ internal }) => internal === true)) return ExitCode.internal;
  if (outcome.interruptedBy !== undefined) return STOP_EXIT_CODES[outcome.interruptedBy];
  return exitCodeOfState(outcome.state);
}
