/** The archives that the history knows of: no repository is asked. @module */
import { History } from "../../state/history.ts";
import { historyPath } from "../../state/history_opening.ts";
import type { ConfiguredNames } from "./configured_names.ts";

/** So many are proposed: nobody looks through more. */
const MOST = 60;

/**
 * The names of the archives that were in a repository when a run looked last, the newest first; none
 * when the history can't be read.
 */
export function recordedArchives(
  { name, stateDir, repositories }: Pick<ConfiguredNames, "name" | "stateDir" | "repositories">,
): readonly string[] {
  try {
    using history = History.openForReading(historyPath(stateDir));
    const present = repositories.flatMap(({ label }) =>
      (history?.ledger(name, label).read().archives ?? [])
        .filter(({ state }) => state === "present").map((archive) => archive.name)
    );
    return [...new Set(present)].toSorted().toReversed().slice(0, MOST);
  } catch {
    return [];
  }
}
