/** What the configuration and the history tell of databases. @module */
import type { Config } from "../config/config_schema.ts";
import { AppError } from "../errors.ts";
import type { StatusQuestion } from "../report/status/backup_status.ts";
import type { DumpRecords, RecordedDump } from "../restore/database_report.ts";
import { COMMAND_DUMP, type DatabaseName, GLOBALS } from "../text/database_series.ts";
import type { History } from "../state/history.ts";
import type { ArchiveSession } from "./archive_session.ts";
import { withHistory } from "./past_runs.ts";

/** The databases that a configuration names; those that `all` means only the server knows. */
export function configuredDatabases({ databases }: Config): readonly DatabaseName[] {
  return databases.flatMap(({ label, kind, databases, globals }) => [
    ...databases.map((database) => ({ label, database })),
    ...(globals ? [{ label, database: GLOBALS }] : []),
    ...(kind === "command" ? [{ label, database: COMMAND_DUMP }] : []),
  ]);
}

/** The tables of databases as the status asks for them. */
export function questionedDatabases(config: Config): NonNullable<StatusQuestion["databases"]> {
  const named = configuredDatabases(config);
  return config.databases.map(({ label, all, repositories }) => ({
    label,
    all,
    databases: named.filter((one) => one.label === label).map(({ database }) => database),
    repositories,
  }));
}

/**
 * What the history knows of the dumps in these archives; nothing when it can't be read, which those say
 * who need it for more. They are looked up one by one: in a year of fifty databases there are 20,000.
 */
export function recordedDumps(
  { config }: Pick<ArchiveSession, "config">,
  archives: readonly string[],
): DumpRecords {
  try {
    const known = withHistory(config, (history) => readDumps(history, config, archives));
    return (archive) => known.get(archive);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return () => undefined;
  }
}

function readDumps(
  history: History | undefined,
  { name, repositories }: Config,
  archives: readonly string[],
): ReadonlyMap<string, RecordedDump> {
  const known = new Map<string, RecordedDump>();
  const ledgers = repositories.flatMap(({ label }) => history?.dumps(name, label) ?? []);
  for (const archive of archives) {
    for (const ledger of ledgers) {
      const { state, size = null, sha256 = null, verified, verifiedAt } =
        ledger.ofArchive(archive) ??
          { state: "failed" };
      if (state !== "made" && state !== "sealed") continue;
      const before = known.get(archive)?.verifiedAt ?? 0;
      const now = verified === "equal" ? verifiedAt ?? 0 : 0;
      const latest = Math.max(before, now);
      known.set(archive, { size, sha256, verifiedAt: latest === 0 ? null : latest });
    }
  }
  return known;
}
