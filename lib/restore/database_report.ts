/** The databases of which there are archives, as programs read them. Pure. @module */
import type { DumpRow } from "../state/dump_ledger.ts";
import { databaseLabel, type DatabaseName } from "../text/database_series.ts";
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";
import type { ArchivedDatabase } from "./archived_databases.ts";
import type { ArchivePin, PinnedArchives } from "./pin_text.ts";

/** What is on record of the dump in an archive. */
export type RecordedDump = Pick<DumpRow, "size" | "sha256" | "verifiedAt">;

/** Gives what is on record of an archive; `undefined`: nothing. */
export type DumpRecords = (archive: string) => RecordedDump | undefined;

/** A database of which there are archives. */
export interface DatabaseReport extends DatabaseName {
  /** As commands take it, such as "pg/shop". */
  readonly name: string;
  /** How many archives of it there are. */
  readonly archives: number;
  readonly newest: ListedDump;
  /** When the oldest dump was made, ISO 8601 in UTC. */
  readonly oldestAt: string;
}

/** A dump. What the history does not know is `null`. */
export interface ListedDump {
  /** The archive's name. */
  readonly archive: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** When it was last read back and found equal. */
  readonly verifiedAt: string | null;
  readonly repositories: readonly string[];
  /** The repositories that could be read and do not hold it. */
  readonly missingFrom: readonly string[];
  readonly pins: readonly ArchivePin[];
}

/** The answer of `list --database --json`. */
export interface DumpsReport extends DatabaseName {
  readonly version: 1;
  readonly name: string;
  readonly repositories: readonly {
    readonly label: string;
    readonly readable: boolean;
  }[];
  /** Newest first. */
  readonly archives: readonly ListedDump[];
}

/** What is needed to describe dumps besides their archives. */
interface Surroundings {
  readonly index: Pick<ArchiveIndex, "repositories" | "reachable">;
  readonly records: DumpRecords;
  readonly pinned: PinnedArchives;
}

/** Describes each database by its newest dump. */
export function databaseReports(
  databases: readonly ArchivedDatabase[],
  around: Surroundings,
): readonly DatabaseReport[] {
  return databases.flatMap(({ name, archives }) => {
    const [newest] = archives;
    const oldest = archives.at(-1);
    if (newest === undefined || oldest === undefined) return [];
    return [{
      name: databaseLabel(name),
      ...name,
      archives: archives.length,
      newest: dumpReport(newest, around),
      oldestAt: oldest.startedAt.toISOString(),
    }];
  });
}

/** Describes all dumps of a database. */
export function dumpsReport(
  { name, archives }: ArchivedDatabase,
  around: Surroundings,
): DumpsReport {
  return {
    version: 1,
    name: databaseLabel(name),
    ...name,
    repositories: around.index.repositories.map((repository) => (
      { label: repository.label, readable: around.index.reachable.includes(repository) }
    )),
    archives: archives.map((archive) => dumpReport(archive, around)),
  };
}

function dumpReport(
  { name, startedAt, repositories: holders }: ListedArchive,
  { index, records, pinned }: Surroundings,
): ListedDump {
  const repositories = holders.map(({ label }) => label);
  const { size = null, sha256 = null, verifiedAt = null } = records(name) ?? {};
  return {
    archive: name,
    startedAt: startedAt.toISOString(),
    bytes: size,
    sha256,
    verifiedAt: verifiedAt === null ? null : new Date(verifiedAt).toISOString(),
    repositories,
    missingFrom: index.reachable.map(({ label }) => label)
      .filter((label) => !repositories.includes(label)),
    pins: pinned.get(name) ?? [],
  };
}
