/**
 * The archives of all repositories as programs read them, with what the history knows. Pure.
 *
 * @module
 */
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";
import { archivedDatabases } from "./archived_databases.ts";
import { type DatabaseReport, databaseReports, type DumpRecords } from "./database_report.ts";
import type { KnownArchives } from "./known_archives.ts";
import type { ArchivePin, PinnedArchives } from "./pin_text.ts";

/** The answer of `list --json`. */
export interface ArchivesReport {
  readonly version: 1;
  /** The series of the configuration. */
  readonly name: string;
  readonly repositories: readonly {
    readonly label: string;
    readonly readable: boolean;
    /** Why it could not be read. */
    readonly reason: string | null;
  }[];
  /** Newest first. */
  readonly archives: readonly ArchiveReport[];
  /** The databases of the configuration, by label and name. */
  readonly databases: readonly DatabaseReport[];
  /** The number of archives of other series, which are not listed; those of databases do not count. */
  readonly others: number;
}

/** An archive. What the history does not know is `null`. */
export interface ArchiveReport {
  readonly name: string;
  /** Of another series, or of none. */
  readonly foreign: boolean;
  readonly runId: string | null;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** What became of the run that made it: `ok`, `warning` or `failed`. */
  readonly state: string | null;
  readonly sourcesMissing: boolean | null;
  /** Whether nothing is known to be missing from it or to look wrong with it. */
  readonly complete: boolean | null;
  /** Why it may be incomplete or damaged, or that this machine did not make it. */
  readonly reasons: readonly string[];
  readonly files: number | null;
  readonly originalBytes: number | null;
  /** What it added to all repositories together. */
  readonly newBytes: number | null;
  readonly repositories: readonly string[];
  /** The repositories that could be read and do not hold it. */
  readonly missingFrom: readonly string[];
  /** The repositories in which a check could not read it. */
  readonly damagedIn: readonly string[];
  /** Where it is pinned: no prune of autoborg removes it there. */
  readonly pins: readonly ArchivePin[];
}

/** Reports the archives of a series, or of all, with what the history knows of their runs. */
export function archivesReport(
  index: ArchiveIndex,
  known: KnownArchives,
  { all }: { readonly all: boolean },
  pinned: PinnedArchives = new Map(),
  records: DumpRecords = () => undefined,
): ArchivesReport {
  const { series } = known;
  const databases = archivedDatabases(index, series);
  const reachable = index.reachable.map(({ label }) => label);
  const chosen = index.archives.filter((archive) => all || archive.series === series);
  return {
    version: 1,
    name: series,
    repositories: index.repositories.map(({ label }) => {
      const unreachable = index.unreachable.find(({ repository }) => repository.label === label);
      const reason = unreachable?.failure.message ?? null;
      return { label, readable: unreachable === undefined, reason };
    }),
    archives: chosen.map((archive) => archiveReport(archive, known, reachable, pinned)),
    databases: databaseReports(databases, { index, records, pinned }),
    others: all ? 0 : index.archives.length - chosen.length -
      databases.reduce((sum, { archives }) => sum + archives.length, 0),
  };
}

function archiveReport(
  archive: ListedArchive,
  known: KnownArchives,
  reachable: readonly string[],
  pinned: PinnedArchives,
): ArchiveReport {
  const { name, runId, startedAt } = archive;
  const recorded = known.runOf(archive);
  const { complete, reasons } = known.completenessOf(archive);
  const repositories = archive.repositories.map(({ label }) => label);
  const creates = (recorded?.repositories ?? []).flatMap(({ steps }) => steps)
    .filter((step) => step.archive === name);
  const [first] = creates;
  return {
    name,
    foreign: archive.series !== known.series,
    runId: runId ?? null,
    startedAt: startedAt.toISOString(),
    state: recorded?.run.state ?? null,
    sourcesMissing: recorded?.run.sourcesMissing ?? null,
    complete,
    reasons,
    files: first?.files ?? null,
    originalBytes: first?.originalSize ?? null,
    newBytes: first === undefined
      ? null
      : creates.reduce((sum, { newSize }) => sum + (newSize ?? 0), 0),
    repositories: repositories,
    missingFrom: reachable.filter((label) => !repositories.includes(label)),
    damagedIn: repositories.filter((label) => known.damageIn(archive, label) !== undefined),
    pins: pinned.get(name) ?? [],
  };
}
