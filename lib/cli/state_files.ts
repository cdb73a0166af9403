/** What the verbs read of the state directory. @module */
import type { Config } from "../config/config_schema.ts";
import { reasonOf } from "../errors.ts";
import type { RunningRun } from "../report/status/backup_status.ts";
import { History } from "../state/history.ts";
import { cannotOpen } from "../state/history_opening.ts";
import { isDamage } from "../state/history_schema.ts";
import { lookAtLock } from "../state/run_lock.ts";

/** Where the history of a configuration is. */
export function historyPath(stateDir: string): string {
  return `${stateDir}/history.db`;
}

/**
 * Asks the history without changing it.
 *
 * @param ask gets the history, or nothing when there is none yet
 * @throws {AppError} when the history can't be read
 */
export function askHistory<T>(config: Config, ask: (history: History | undefined) => T): T {
  const path = historyPath(config.paths.stateDir);
  using history = History.openForReading(path);
  try {
    return ask(history);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw cannotOpen(path, reasonOf(error), "The next run sets it aside and begins a new one");
  }
}

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
