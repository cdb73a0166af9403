/**
 * How the code of this room gets a program run: by a function that its caller hands in, which
 * decides about environment, events and stopping.
 *
 * @module
 */
import type { ProgramEnd } from "../process/program.ts";
import { poolOf } from "./dataset_names.ts";

/** A command of ZFS or of mounting. */
export interface ZfsCommand {
  readonly program: "zfs" | "mount" | "umount";
  readonly args: readonly string[];
  /** Its working directory; `/` when left out. */
  readonly cwd?: string;
  /** The pool that it asks: when that hangs, nothing else is asked of it. */
  readonly pool?: string;
  /** Milliseconds; the runner's default when left out. */
  readonly timeLimit?: number;
}

/** What became of a command. */
export interface ZfsCommandResult {
  /** It ended by itself with exit code 0. */
  readonly succeeded: boolean;
  /** How it ended; `not-started` when there is no such program, or it may not be run. */
  readonly end: ProgramEnd | {
    readonly kind: "not-started";
    readonly reason: string;
    readonly hint?: string;
  };
  readonly stdout: string;
  /** The last lines of standard error. */
  readonly stderr: string;
}

/**
 * Runs a command to its end or its time limit. A command that fails is a result; the only thing it
 * may throw is the reason why the whole run is being stopped.
 */
export type RunZfsCommand = (command: ZfsCommand) => Promise<ZfsCommandResult>;

/** Whether a command never came back: its pool may be suspended, so nothing else is asked of it. */
export function isHung(result: ZfsCommandResult): boolean {
  return result.end.kind === "timed-out" || result.end.kind === "unkillable";
}

/** Runs one `zfs` command on datasets or snapshots of one pool; their names come last. */
export async function zfsOn(
  run: RunZfsCommand,
  names: readonly string[],
  ...args: readonly string[]
): Promise<ZfsCommandResult> {
  const [first] = names;
  const pool = first === undefined ? {} : { pool: poolOf(first) };
  return await run({ program: "zfs", args: [...args, ...names], ...pool });
}
