/** How old the last good dump of each database is, in one repository. Pure. @module */
import type { DumpRow } from "../../state/dump_ledger.ts";
import { databaseLabel, type DatabaseName } from "../../text/database_series.ts";
import { inSeconds, isoTime } from "../run_report.ts";

/** What the configuration says of a table of databases. */
export interface QuestionedDatabases {
  /** The label of the table. */
  readonly label: string;
  /** The databases that it names. */
  readonly databases: readonly string[];
  /** Whether it means all that the server has. */
  readonly all: boolean;
}

/** A database in a repository. */
export interface DatabaseStatus extends DatabaseName {
  /** As commands take it, such as "pg/shop". */
  readonly name: string;
  /**
   * `absent`: the repository is optional and absent. `vanished`: the server no longer had it in
   * the last run that asked, or it is excluded since; that alone is no reason to worry.
   */
  readonly state: "fresh" | "too-old" | "never" | "absent" | "in-the-future" | "vanished";
  readonly lastDump: LastDump | null;
  /** What became of it in the last run that dumped it. */
  readonly lastRun: {
    readonly runId: string;
    readonly startedAt: string;
    readonly state: "ok" | "failed";
    readonly reason: string | null;
  } | null;
  /** When it was last read back and found equal. */
  readonly verifiedAt: string | null;
}

/** The last good dump of a database. */
interface LastDump {
  readonly runId: string;
  readonly startedAt: string;
  readonly ageSeconds: number;
  readonly archive: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** Bytes that it added to the repository. */
  readonly newBytes: number | null;
}

/** What the history knows of the dumps in a repository. */
interface KnownDumps {
  /** The newest of each database, whatever became of it. */
  readonly last: readonly DumpRow[];
  /** The newest good one of each database. */
  readonly made: readonly DumpRow[];
  /** When each database was last read back and found equal; see `verifiedKey`. */
  readonly verified: (row: Pick<DumpRow, "entry" | "database">) => number | undefined;
}

/** How the databases of a repository are judged. */
interface DatabaseRule {
  /** Milliseconds. */
  readonly maxAge: number;
  readonly now: Date;
  /** Whether the repository is optional and was absent in the last run. */
  readonly absent: boolean;
}

/** A dump may be so much younger than now, in milliseconds: clocks are corrected a little. */
const TOLERANCE = 60_000;

/** Judges all databases that a repository gets. */
export function databaseStatus(
  questioned: readonly QuestionedDatabases[],
  known: KnownDumps,
  rule: DatabaseRule,
): readonly DatabaseStatus[] {
  return questioned.flatMap(({ label, databases, all }) => {
    const last = known.last.filter(({ entry }) => entry === label);
    const newest = Math.max(...last.map(({ at }) => at));
    const found = all ? [...new Set(last.map(({ database }) => database))] : databases;
    // Of a server that was never asked, nobody knows what it has.
    const names = found.length === 0 ? ["*"] : found;
    return names.map((database) => {
      const isIt = (row: DumpRow) => row.entry === label && row.database === database;
      const row = last.find(isIt);
      const made = known.made.find(isIt);
      const isVanished = all && row !== undefined && row.at < newest;
      const verifiedAt = known.verified({ entry: label, database });
      return {
        name: databaseLabel({ label, database }),
        label,
        database,
        state: isVanished ? "vanished" : freshnessOf(made, rule),
        lastDump: made === undefined ? null : lastDump(made, rule.now),
        lastRun: row === undefined ? null : {
          runId: row.run,
          startedAt: isoTime(row.at),
          state: row.state === "made" ? "ok" : "failed",
          reason: row.reason,
        },
        verifiedAt: verifiedAt === undefined ? null : isoTime(verifiedAt),
      } as const;
    });
  });
}

/** Whether a database needs nobody's attention. */
export function isDatabaseGood({ state }: DatabaseStatus): boolean {
  return state === "fresh" || state === "vanished" || state === "absent";
}

function freshnessOf(
  made: DumpRow | undefined,
  { maxAge, now, absent }: DatabaseRule,
): DatabaseStatus["state"] {
  const age = made === undefined ? undefined : now.getTime() - made.at;
  if (age !== undefined && age >= -TOLERANCE && age <= maxAge) return "fresh";
  if (absent) return "absent";
  if (age === undefined) return "never";
  return age < 0 ? "in-the-future" : "too-old";
}

function lastDump({ run, at, archive, size, sha256, newSize }: DumpRow, now: Date): LastDump {
  return {
    runId: run,
    startedAt: isoTime(at),
    ageSeconds: inSeconds(now.getTime() - at),
    archive,
    bytes: size,
    sha256,
    newBytes: newSize,
  };
}
