/**
 * Starts the commands of ZFS and of mounting, and tells the reporters about them.
 *
 * @module
 */
import { AppError } from "../../errors.ts";
import { type ProgramEnd, type ProgramResult, runProgram } from "../../process/program.ts";
import type { RunZfsCommand, ZfsCommand, ZfsCommandResult } from "../../zfs/command.ts";
import type { Emit, Scope } from "../events.ts";

/**
 * How long one command of ZFS or of mounting may take, in milliseconds. A pool that is suspended
 * lets commands hang for ever, and no signal ends them.
 */
export const COMMAND_TIME_LIMIT = 120_000;

/** Where commands run. */
export interface CommandContext {
  readonly scope: Scope;
  readonly emit: Emit;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops them; none for what must be cleaned up even when the run is being stopped. */
  readonly signal: AbortSignal | undefined;
  /** Milliseconds; {@linkcode COMMAND_TIME_LIMIT} when left out. */
  readonly timeLimit?: number | undefined;
}

/**
 * Makes the function that runs commands.
 *
 * @param context where they run
 * @returns a function that only throws the signal's reason
 */
export function commandRunner(context: CommandContext): RunZfsCommand {
  const { scope, emit, signal } = context;
  return async (command) => {
    signal?.throwIfAborted();
    emit({ type: "command-started", scope, command: [command.program, ...command.args] });
    const started = performance.now();
    const limit = command.timeLimit ?? context.timeLimit ?? COMMAND_TIME_LIMIT;
    const result = await start(command, context, limit);
    emit({
      type: "command-finished",
      scope,
      program: command.program,
      end: describeEnd(result.end, limit),
      succeeded: result.succeeded,
      duration: performance.now() - started,
    });
    signal?.throwIfAborted();
    return result;
  };
}

async function start(
  command: ZfsCommand,
  context: CommandContext,
  timeLimit: number,
): Promise<ZfsCommandResult> {
  const { scope, emit, signal } = context;
  let result: ProgramResult;
  try {
    result = await runProgram({
      program: command.program,
      args: command.args,
      // Messages are read by this program: they must not be translated.
      env: { ...context.environment, LC_ALL: "C.UTF-8" },
      cwd: command.cwd ?? "/",
      timeLimit,
      ...(signal === undefined ? {} : { signal }),
      onStderrLine: (text) => emit({ type: "output", scope, level: "info", text }),
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      succeeded: false,
      end: { kind: "not-started", reason: error.message },
      stdout: "",
      stderr: "",
    };
  }
  return {
    succeeded: result.end.kind === "exited" && result.end.code === 0,
    end: result.end,
    stdout: result.stdout,
    stderr: result.stderr.text,
  };
}

function describeEnd(end: ProgramEnd | { kind: "not-started"; reason: string }, limit: number) {
  switch (end.kind) {
    case "exited":
      return `exit code ${end.code}`;
    case "killed":
      return `killed by ${end.signal}`;
    case "timed-out":
      return `stopped after its time limit of ${limit / 1_000} seconds`;
    case "stopped":
      return "stopped";
    case "unkillable":
      return "it hangs, and SIGKILL does not end it";
    case "not-started":
      return end.reason;
  }
}

/**
 * Waits for all of several things, then throws what the first one that failed threw: nothing is
 * still going on behind the back of the clean-up that follows.
 *
 * @param promises anything
 * @returns their values
 */
export async function settleAll<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** How many commands run at the same time where there is one for each dataset. */
const WIDTH = 16;

/**
 * Does something for each of many items, a few at a time, in the order of the items.
 *
 * @param items the items
 * @param work what is done for each
 * @returns the results in the order of the items
 */
export async function forEachOfMany<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lanes = Array.from({ length: Math.min(WIDTH, items.length) }, async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  });
  await settleAll(lanes);
  return results;
}
