/** The archives and the databases that the history knows of: no repository is asked. @module */
import { compareNames } from "../../restore/archived_databases.ts";
import { History } from "../../state/history.ts";
import { historyPath } from "../../state/history_opening.ts";
import { parseArchiveName } from "../../text/archive_name.ts";
import { databaseLabel, parseDatabaseSeries } from "../../text/database_series.ts";
import type { ConfiguredNames } from "./configured_names.ts";

/** At most this many are proposed: nobody looks through more. */
const MOST = 60;

type Names = Pick<ConfiguredNames, "name" | "stateDir" | "repositories">;

/**
 * The names of the archives that were in a repository when a run looked last, the newest first and those
 * of databases last; none when the history can't be read.
 */
export function recordedArchives(names: Names): readonly string[] {
  const parsed = presentArchives(names).map((archive) => {
    const { series = archive, startedAt } = parseArchiveName(archive) ?? {};
    const isDatabase = parseDatabaseSeries(names.name, series) !== undefined;
    return { archive, isDatabase, time: startedAt?.getTime() ?? 0 };
  });
  return parsed.toSorted((a, b) =>
    Number(a.isDatabase) - Number(b.isDatabase) || b.time - a.time ||
    (a.archive < b.archive ? 1 : -1)
  ).map(({ archive }) => archive).slice(0, MOST);
}

/** The databases of which there were archives then, as commands take them. */
export function recordedDatabases(names: Names): readonly string[] {
  const databases = presentArchives(names).flatMap((archive) => {
    const name = parseDatabaseSeries(names.name, parseArchiveName(archive)?.series ?? "");
    return name === undefined ? [] : [name];
  });
  return [...new Set(databases.toSorted(compareNames).map(databaseLabel))];
}

function presentArchives({ name, stateDir, repositories }: Names): readonly string[] {
  try {
    using history = History.openForReading(historyPath(stateDir));
    const present = repositories.flatMap(({ label }) =>
      (history?.ledger(name, label).read().archives ?? [])
        .filter(({ state }) => state === "present").map((archive) => archive.name)
    );
    return [...new Set(present)];
  } catch {
    return [];
  }
}
