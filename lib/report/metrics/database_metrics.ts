/** The metrics of databases. Pure. @module */
import type { DatabaseStatus } from "../status/database_status.ts";
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";
import { unixSeconds } from "./label_values.ts";

/** How many databases of a repository have metrics. */
const MOST_DATABASES = 200;

/** When each database was last dumped and read back, and how large it is. */
export function databaseMetrics({ name, repositories }: StatusReport): readonly Metric[] {
  const each = (
    figure: (database: DatabaseStatus) => number | null,
    isMeant: (database: DatabaseStatus) => boolean = () => true,
  ) =>
    repositories.flatMap(({ label: repository, databases }) =>
      databases.slice(0, MOST_DATABASES).filter(isMeant).flatMap((database) => {
        const value = figure(database);
        const labels = { name, repository, database: database.name };
        return value === null ? [] : [[labels, value] as const];
      })
    );
  const time = (at: string | null | undefined) =>
    at === null || at === undefined ? 0 : unixSeconds(at);
  // An alert about a database that is gone would never end.
  const isThere = ({ state }: DatabaseStatus) => state !== "vanished";
  return [
    gauge(
      "database_last_success_timestamp_seconds",
      "Start time of the run with the last good dump of the database; 0: none.",
      each(({ lastDump }) => time(lastDump?.startedAt), isThere),
    ),
    gauge(
      "database_last_verify_timestamp_seconds",
      "When a dump of the database was last read back and found equal; 0: never.",
      each(({ verifiedAt }) => time(verifiedAt), isThere),
    ),
    gauge(
      "database_bytes",
      "Size of the last good dump of the database.",
      each(({ lastDump }) => lastDump?.bytes ?? null),
    ),
    gauge(
      "database_vanished",
      "Whether the server no longer had the database in the last run that asked: 1 or 0.",
      each(({ state }) => state === "vanished" ? 1 : 0),
    ),
  ];
}
