/** Starts programs other than Borg, and tells the reporters about them. @module */
import { humanLimit } from "../text/units.ts";
import { reasonOf } from "../errors.ts";
import {
  type ProgramEnd,
  type ProgramRequest,
  type ProgramResult,
  runProgram,
  type StartProgram,
} from "./program.ts";

/** What reporters hear of a program; `S` says whose program it is. */
export type ProgramEvent<S> =
  | {
    readonly type: "command-started";
    readonly scope: S;
    /** Program and arguments, ready to be read; never a secret. */
    readonly command: readonly string[];
  }
  | {
    readonly type: "command-finished";
    readonly scope: S;
    readonly program: string;
    /** How it ended: "exit code 0", "stopped", "killed by SIGKILL". */
    readonly end: string;
    readonly succeeded: boolean;
    /** Milliseconds. */
    readonly duration: number;
  };

/** What a program did, as the reporters were told. */
interface ReportedResult extends ProgramResult {
  readonly succeeded: boolean;
  /** How it ended, in words. */
  readonly told: string;
}

/**
 * Runs a program, with an event before and one behind it.
 *
 * @throws as {@linkcode runProgram}
 */
export async function runReported<S>(
  request: ProgramRequest,
  scope: S,
  emit: (event: ProgramEvent<S>) => void,
  start: StartProgram = runProgram,
): Promise<ReportedResult> {
  const { program, args } = request;
  const started = performance.now();
  const finish = (told: string, succeeded: boolean) => {
    const duration = performance.now() - started;
    emit({ type: "command-finished", scope, program, end: told, succeeded, duration });
  };
  emit({ type: "command-started", scope, command: [program, ...args] });
  try {
    const result = await start(request);
    const succeeded = result.end.kind === "exited" && result.end.code === 0;
    const told = describeEnd(result.end, request.timeLimit);
    finish(told, succeeded);
    return { ...result, succeeded, told };
  } catch (error) {
    finish(reasonOf(error), false);
    throw error;
  }
}

/** How a program ended, in words. Returns such as "exit code 0" or "killed by SIGKILL". */
export function describeEnd(end: ProgramEnd, timeLimit?: number): string {
  switch (end.kind) {
    case "exited":
      return `exit code ${end.code}`;
    case "killed":
      return `killed by ${end.signal}`;
    case "timed-out":
      return "stopped after its time limit" +
        (timeLimit === undefined ? "" : ` of ${humanLimit(timeLimit)}`);
    case "stopped":
      return `stopped, exit code ${end.code}`;
    case "unkillable":
      return "it hangs, even after SIGKILL";
  }
}
