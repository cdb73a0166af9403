/** Which archives the history knows to be in a repository. @module */
import { parseArchiveName } from "../text/archive_name.ts";
import { History } from "./history.ts";
import { historyPath } from "./history_opening.ts";
import type { LedgerArchive } from "./ledger.ts";

/** The archives that this machine has seen in a repository. */
interface SeenArchives {
  readonly count: number;
  /** When the newest one was begun; `undefined`: not known. */
  readonly newest: Date | undefined;
}

/** Counts the archives that were there when the repository was seen last. */
export function countSeen(archives: readonly LedgerArchive[]): SeenArchives {
  const present = archives.filter(({ state }) => state === "present");
  const times = present.flatMap(({ name }) => parseArchiveName(name)?.startedAt.getTime() ?? []);
  return {
    count: present.length,
    newest: times.length === 0 ? undefined : new Date(Math.max(...times)),
  };
}

/**
 * Asks the history which archives of a series are in a repository. One that can't be read knows of
 * none: it may be gone with the old machine, and says so elsewhere.
 */
export function seenArchives(stateDir: string, series: string, label: string): SeenArchives {
  try {
    using history = History.openForReading(historyPath(stateDir));
    return countSeen(history?.ledger(series, label).read().archives ?? []);
  } catch {
    return { count: 0, newest: undefined };
  }
}
