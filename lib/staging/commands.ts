/**
 * Starts the commands of ZFS and of mounting, and tells the reporters about them.
 *
 * @module
 */
import { AppError } from "../errors.ts";
import {
  isHung,
  type RunZfsCommand,
  type ZfsCommand,
  type ZfsCommandResult,
} from "../zfs/command.ts";
import type { Emit, Scope } from "../backup/events.ts";
import { runReported } from "../backup/reported_program.ts";

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
  /** Starts them; {@linkcode startProgram} when left out. */
  readonly start?: typeof startProgram;
  /** What did not answer; it is not asked again. Filled here. */
  readonly hung?: Set<string>;
}

/**
 * Makes the function that runs commands.
 *
 * @param context where they run
 * @returns a function that only throws the signal's reason
 */
export function commandRunner(context: CommandContext): RunZfsCommand {
  const { signal, start = startProgram, hung = new Set() } = context;
  return async (command) => {
    signal?.throwIfAborted();
    // Each would hang as long as the first one, and a pool can have hundreds of datasets.
    const asked = command.pool ?? [command.program, ...command.args].join(" ");
    if (hung.has(asked)) return HUNG;
    const result = await start(command, context);
    if (isHung(result)) hung.add(asked);
    signal?.throwIfAborted();
    return result;
  };
}

const HUNG: ZfsCommandResult = {
  succeeded: false,
  end: { kind: "unkillable", reason: "timed-out" },
  stdout: "",
  stderr: "",
};

/**
 * Starts a command as a program.
 *
 * @param command the command
 * @param context where it runs
 */
export async function startProgram(
  command: ZfsCommand,
  context: CommandContext,
): Promise<ZfsCommandResult> {
  const { scope, emit, signal } = context;
  const request = {
    program: command.program,
    args: command.args,
    // Messages are read by this program: they must not be translated.
    env: { ...context.environment, LC_ALL: "C.UTF-8" },
    cwd: command.cwd ?? "/",
    timeLimit: command.timeLimit ?? context.timeLimit ?? COMMAND_TIME_LIMIT,
    ...(signal === undefined ? {} : { signal }),
    onStderrLine: (text: string) => emit({ type: "output", scope, level: "info", text }),
  };
  try {
    const { succeeded, end, stdout, stderr } = await runReported(request, scope, emit);
    return { succeeded, end, stdout, stderr: stderr.text };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What is not installed has a better hint where it is known which package it is in.
    const isMissing = error.cause !== undefined;
    const hint = error.hint === undefined || isMissing ? {} : { hint: error.hint };
    const end = { kind: "not-started", reason: error.message, ...hint } as const;
    return { succeeded: false, end, stdout: "", stderr: "" };
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
