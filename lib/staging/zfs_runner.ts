/** Starts the commands of ZFS and of mounting, and tells the reporters about them. @module */
import { AppError } from "../errors.ts";
import { runProgram, type StartProgram } from "../process/program.ts";
import { type ProgramEvent, runReported } from "../process/reported_program.ts";
import {
  isHung,
  type RunZfsCommand,
  type ZfsCommand,
  type ZfsCommandResult,
} from "../zfs/command.ts";

/**
 * How long one command of ZFS or of mounting may take, in milliseconds. A pool that is suspended
 * lets commands hang for ever, and no signal ends them.
 */
export const COMMAND_TIME_LIMIT = 120_000;

/** For what a command is started. */
interface CommandScope {
  readonly step?: "snapshot" | "recover";
}

/** What reporters hear of staging. */
export type StagingEvent =
  | ProgramEvent<CommandScope>
  | {
    readonly type: "output" | "note";
    readonly scope: CommandScope;
    readonly level: "info";
    readonly text: string;
  };

/** Starts one command and waits for its end; it throws nothing but what a program can't cause. */
export type StartCommand = (
  command: ZfsCommand,
  context: CommandContext,
) => Promise<ZfsCommandResult>;

/** Where commands run. */
interface CommandContext {
  readonly scope: CommandScope;
  readonly emit: (event: StagingEvent) => void;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops them; none for what must be cleaned up even when the run is being stopped. */
  readonly signal: AbortSignal | undefined;
  /** Milliseconds; {@linkcode COMMAND_TIME_LIMIT} when left out. */
  readonly timeLimit?: number | undefined;
  /** Starts them; as programs when left out. */
  readonly start?: StartCommand;
  /** What did not answer; it is not asked again. Filled here, for runners that share it. */
  readonly hung?: Set<string>;
}

/**
 * Makes the function that runs commands.
 *
 * @returns a function that only throws the signal's reason
 */
export function zfsRunner(context: CommandContext): RunZfsCommand {
  const { signal, start = startWith(runProgram), hung = new Set() } = context;
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

/** Starts commands as programs. */
export function startWith(start: StartProgram): StartCommand {
  return (command, context) => startCommand(command, context, start);
}

async function startCommand(
  command: ZfsCommand,
  context: CommandContext,
  start: StartProgram,
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
    const { succeeded, end, stdout, stderr } = await runReported(request, scope, emit, start);
    return { succeeded, end, stdout, stderr: stderr.text };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What is not installed has a better hint where it is known which package it is in.
    const isMissing = error.cause !== undefined;
    const hint = error.hint === undefined || isMissing ? {} : { hint: error.hint };
    const reason = error.message.replace(/^Cannot start "(\w+)": it (?=is not installed$)/, "$1 ");
    const end = { kind: "not-started", reason, ...hint } as const;
    return { succeeded: false, end, stdout: "", stderr: "" };
  }
}
