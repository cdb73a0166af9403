/**
 * Hooks: three executable files at fixed paths. There is no key for them, so that the run permission
 * stays exact: autoborg itself starts no program that the configuration names. Borg and ssh do, so
 * who may write the configuration can run programs as root (`passphrase_command`, `ssh_options`).
 *
 * @module
 */
import { join } from "node:path";
import { graceAfter } from "../async/deadline.ts";
import { AppError, hintOf, reasonOf } from "../errors.ts";
import { findHook, HOOK_DIRECTORY, type HookPlace } from "../files/hook_file.ts";
import type { Problem } from "../problem.ts";
import type { StartProgram } from "../process/program.ts";
import { runReported } from "../process/reported_program.ts";
import type { PlannedStep } from "../staging/rehearsal.ts";
import type { SnapshotHooks } from "../staging/staging.ts";
import type { Emit } from "./events.ts";

/** How long a hook may take, in milliseconds. */
export const HOOK_TIME_LIMIT = 10 * 60_000;

/**
 * How long a hook may take that runs when the run is being stopped, in milliseconds from then on.
 * `after-snapshot` gets more, because it takes back what `before-snapshot` did.
 */
const HURRIED_HOOK: Readonly<Record<HookName, number>> = {
  "before-snapshot": 0,
  "after-snapshot": 10_000,
  "finished": 5_000,
};

/** The hooks by the names of their files. */
export type HookName = "before-snapshot" | "after-snapshot" | "finished";

/** For whom a hook is run. */
export interface HookContext extends HookPlace {
  /** The configuration's name; `AUTOBORG_NAME`. */
  readonly name: string;
  /** `AUTOBORG_RUN_ID`. */
  readonly runId: string;
  /** Where the programs that a hook starts are found. */
  readonly path: string;
  readonly emit: Emit;
  /** Aborts when the run is being stopped: hooks that run then, or later, must hurry. */
  readonly stopped?: AbortSignal;
  /** {@linkcode HURRIED_HOOK} when left out. */
  readonly hurried?: Readonly<Record<HookName, number>>;
  /** Starts the hooks. */
  readonly start?: StartProgram;
  /** Milliseconds; {@linkcode HOOK_TIME_LIMIT} when left out. */
  readonly timeLimit?: number;
}

/** The two hooks around the snapshots. */
export function snapshotHooks(context: HookContext): SnapshotHooks {
  let wanted = false;
  return {
    async before(signal) {
      // Both are looked at first: a database must not be locked that could not be unlocked.
      const before = await findHook(context, "before-snapshot");
      wanted = await findHook(context, "after-snapshot") !== undefined;
      if (before === undefined) return;
      const end = await execute(context, "before-snapshot", before, { signal });
      if (end !== undefined) {
        signal.throwIfAborted();
        throw new AppError(`The hook "${before}" failed: ${end}`, {
          hint: "Nothing was backed up. The output of the hook is in the log of this run",
        });
      }
    },
    async after() {
      if (!wanted) return [];
      wanted = false;
      return await runHook(context, "after-snapshot");
    },
  };
}

/**
 * Runs the hook `finished`.
 *
 * @param outcome JSON, for its standard input
 */
export async function runFinishedHook(
  context: HookContext,
  outcome: string,
): Promise<readonly Problem[]> {
  return await runHook(context, "finished", outcome);
}

async function runHook(
  context: HookContext,
  hook: HookName,
  stdin?: string,
): Promise<readonly Problem[]> {
  try {
    const file = await findHook(context, hook);
    if (file === undefined) return [];
    const end = await execute(context, hook, file, stdin === undefined ? {} : { stdin });
    if (end === undefined) return [];
    return [{
      severity: "warning",
      message: `The hook "${file}" failed: ${end}`,
      hint: "The output of the hook is in the log of this run",
    }];
  } catch (error) {
    const hint = error instanceof AppError ? error.hint : undefined;
    const problem: Problem = { severity: "warning", message: reasonOf(error) };
    return [hint === undefined ? problem : { ...problem, hint }];
  }
}

/** Runs a hook; says how it failed, or nothing. */
async function execute(
  context: HookContext,
  hook: HookName,
  file: string,
  extra: { readonly signal?: AbortSignal; readonly stdin?: string },
): Promise<string | undefined> {
  const { name, runId, path, emit, start, timeLimit = HOOK_TIME_LIMIT } = context;
  const hurried = (context.hurried ?? HURRIED_HOOK)[hook];
  using grace = graceAfter(context.stopped, hurried);
  const scope = { step: "hook" } as const;
  const output = (text: string) =>
    emit({ type: "output", scope, level: "info", text: `${hook}: ${text}` });
  const env = {
    PATH: path,
    AUTOBORG_NAME: name,
    AUTOBORG_RUN_ID: runId,
    AUTOBORG_HOOK: hook,
  };
  const listening = { onStdoutLine: output, onStderrLine: output };
  const signal = extra.signal ?? grace.signal;
  const request = { program: file, args: [], env, timeLimit, ...listening, ...extra, signal };
  const { succeeded, told, end } = await runReported(request, scope, emit, start);
  if (succeeded) return undefined;
  if (end.kind !== "stopped" || !grace.signal.aborted) return told;
  return `stopped after ${hurried / 1_000} seconds, because the run is being stopped`;
}

/** What a dry run says of a hook. */
interface RehearsedHook {
  readonly steps: readonly PlannedStep[];
  readonly problems: readonly Problem[];
}

/**
 * Says whether a hook would be run, without running it.
 *
 * @param context where the hooks lie, and whose they must be
 */
export async function rehearseHook(context: HookPlace, hook: HookName): Promise<RehearsedHook> {
  try {
    const file = await findHook(context, hook);
    const steps: PlannedStep[] = file === undefined ? [] : [{ kind: "command", command: [file] }];
    return { steps, problems: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const file = join(context.directory ?? HOOK_DIRECTORY, hook);
    return {
      steps: [{ kind: "remark", text: `the hook "${file}" would be refused` }],
      problems: [{ severity: "error", message: error.message, ...hintOf(error) }],
    };
  }
}
