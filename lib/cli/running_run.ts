import type { RunningRun } from "../report/status/backup_status.ts";
import { lookAtLock } from "../state/run_lock.ts";

/**
 * Looks whether a run is going on, and which one as far as its lock tells.
 *
 * @throws {AppError} when the lock can't be read
 */
export async function runningRun(stateDir: string): Promise<RunningRun | null> {
  const { held, holder } = await lookAtLock(`${stateDir}/run.lock`);
  if (!held) return null;
  const { runId = null, process = null, startedAt = null } = holder ?? {};
  return { runId, process, startedAt };
}
