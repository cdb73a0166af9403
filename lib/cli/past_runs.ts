import type { Config } from "../config/config_schema.ts";
import { reasonOf } from "../errors.ts";
import { History } from "../state/history.ts";
import { cannotOpen, historyPath } from "../state/history_opening.ts";
import { isDamage } from "../state/history_schema.ts";

/**
 * Asks the history without changing it.
 *
 * @param ask gets the history, or nothing when there is none yet
 * @throws {AppError} when the history can't be read
 */
export function withHistory<T>(config: Config, ask: (history: History | undefined) => T): T {
  const path = historyPath(config.paths.stateDir);
  using history = History.openForReading(path);
  try {
    return ask(history);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw cannotOpen(path, reasonOf(error), "The next run sets it aside and begins a new one");
  }
}
