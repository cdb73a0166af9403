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
    throw cannotOpen(path, reasonOf(error), "The next run moves it aside and starts a new one");
  }
}

/**
 * Opens the history to write into it.
 *
 * @returns `undefined` when there is none: it begins with a run
 * @throws {AppError} when it can't be written to
 */
export function openHistory(config: Config): History | undefined {
  const exists = withHistory(config, (history) => history !== undefined);
  return exists ? History.open(historyPath(config.paths.stateDir)) : undefined;
}
