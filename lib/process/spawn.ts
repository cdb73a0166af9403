/** Starts a process: no shell, no inherited environment, no terminal, a session of its own. @module */
import { AppError } from "../errors.ts";
import { cannotStart, safeEnvironment } from "./search_path.ts";

/** The user whom a program runs as, by numbers; other groups of the caller are dropped. */
export interface ProgramUser {
  readonly uid: number;
  readonly gid: number;
}

/** What shall be started. */
export interface SpawnRequest {
  /** The program's name as the permission set has it: `borg`, `zfs`, `mount`, `umount`, or a hook. */
  readonly program: string;
  /** Its arguments; never a secret, as every user of the machine can read them. */
  readonly args: readonly string[];
  /** Its whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory; `/` when left out. */
  readonly cwd?: string;
  /** Whom it runs as; our own user when left out. */
  readonly user?: ProgramUser;
}

/**
 * Starts a process with a pipe for each output.
 *
 * @param hasInput whether it gets a pipe for its input, too
 * @throws {AppError} when it can't be started
 */
export function spawnProgram(request: SpawnRequest, hasInput: boolean): Deno.ChildProcess {
  const env = safeEnvironment(request.program, request.env);
  try {
    return new Deno.Command(request.program, {
      args: [...request.args],
      clearEnv: true,
      env,
      cwd: request.cwd ?? "/",
      stdin: hasInput ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
      ...(request.user === undefined ? {} : { uid: request.user.uid, gid: request.user.gid }),
    }).spawn();
  } catch (error) {
    // Deno says "No such cwd …" and "cwd is not a directory …" with the same kind of error.
    if (error instanceof Error && /\bcwd\b/.test(error.message)) {
      throw new AppError(
        `Cannot start "${request.program}": its working directory "${request.cwd}" does not exist`,
        { cause: error },
      );
    }
    throw cannotStart(request.program, request.env.PATH, error);
  }
}
