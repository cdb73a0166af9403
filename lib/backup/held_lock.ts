/**
 * The run lock with what protects it: private directories and the signals that end a run.
 *
 * @module
 */
import { makePrivateDirectory, requirePrivateDirectory } from "../files/private_directory.ts";
import { ownCommand } from "../text/own_command.ts";
import { RunLock } from "../state/run_lock.ts";
import { type InterruptionWatch, watchForInterruption } from "./interruption.ts";
import type { Problem } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { tempDirectory } from "../staging/system.ts";

/** A held run lock with what may end the run. */
interface HeldLock extends Disposable {
  readonly watch: InterruptionWatch;
  readonly lock: RunLock;
}

/**
 * Takes the run lock and starts to listen for signals; nothing is touched without it.
 *
 * @param onSurvived hears of a signal that does not stop the run
 * @returns the lock and the watch; disposing of them releases both
 * @throws {LockHeldError} when another run holds the lock
 */
export async function holdLock(
  plan: Pick<Plan, "runId" | "startedAt" | "stateDir" | "timeout"> & { readonly tempDir?: string },
  onSurvived?: (signal: Deno.Signal) => void,
): Promise<HeldLock> {
  using stack = new DisposableStack();
  prepareDirectories(plan.stateDir, plan.tempDir);
  const holder = {
    process: Deno.pid,
    runId: plan.runId,
    startedAt: plan.startedAt.toISOString(),
  };
  const lock = await RunLock.acquire(`${plan.stateDir}/run.lock`, holder, plan.tempDir);
  stack.use(lock);
  const watch = stack.use(watchForInterruption(plan.timeout, onSurvived));
  const held = stack.move();
  return { watch, lock, [Symbol.dispose]: () => held.dispose() };
}

/**
 * Says that another run may have run at the same time.
 *
 * @returns a problem when its lock is worth nothing any more
 */
export function lockProblems({ lock }: HeldLock): readonly Problem[] {
  if (!lock.isLost) return [];
  return [{
    severity: "error",
    message: "The state directory was removed or replaced during the run, and its lock with it: " +
      "another run may have run at the same time",
    hint: `Leave paths.state_dir alone while autoborg runs; to see whether one is in progress: ${
      ownCommand("status")
    }`,
  }];
}

/**
 * Makes the directories that the lock needs. One that others can reach into ends the run: what root
 * reads from it would be theirs. One that can't be made does not: a full `/var` must not stop a backup.
 */
function prepareDirectories(stateDir: string, tempDir: string | undefined): void {
  const state = { path: stateDir, key: "paths.state_dir", mode: 0o700, link: "allowed" } as const;
  requirePrivateDirectory(state);
  for (const directory of [state, ...(tempDir === undefined ? [] : [tempDirectory(tempDir)])]) {
    try {
      makePrivateDirectory(directory);
    } catch {
      // Who needs it says why it can't be used.
    }
  }
}
