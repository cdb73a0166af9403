/**
 * What became of the dumps of databases in one repository. Each is written down before Borg is started,
 * and again before Borg may see the end of the dump: whatever kills the run, the next one knows which
 * archives are whole.
 *
 * @module
 */
import { numberOf, textOf } from "../text/json.ts";
import { type Columns, textOrEmpty } from "./history_rows.ts";
import { RepositoryTable } from "./repository_table.ts";

/**
 * How far a dump came. `begun`: Borg reads it, and an archive of it would be half a dump; `sealed`: all of
 * it was read and it is whole, so that an archive of it is, too; `made`: there is an archive; `failed`:
 * there is none.
 */
type DumpState = "begun" | "sealed" | "made" | "failed";

/** What became of the dump of a database in a repository. */
export interface DumpRow {
  readonly run: string;
  /** The label of the table in the configuration. */
  readonly entry: string;
  readonly database: string;
  /** When the run began, in milliseconds since 1970. */
  readonly at: number;
  /** The name that its archive has, or would have. */
  readonly archive: string;
  readonly state: DumpState;
  /** Whether something of it may be left in the repository that must go: a checkpoint, half a dump. */
  readonly leftover: boolean;
  /** Bytes of the dump; `null`: not known. */
  readonly size: number | null;
  /** Of the whole dump, as hexadecimal digits. */
  readonly sha256: string | null;
  /** Bytes that the archive added to the repository. */
  readonly newSize: number | null;
  /** Milliseconds. */
  readonly duration: number | null;
  /** Why it failed. */
  readonly reason: string | null;
  /** When the run began that read it back, in milliseconds since 1970; `null`: none has. */
  readonly verifiedAt: number | null;
  /** What came of that: `equal`, or `different`. */
  readonly verified: string | null;
}

/** The columns behind `name` and `label`, in the order in which they are inserted. */
const COLUMNS = [
  ...["run", "entry", "database", "at", "archive", "state", "leftover", "size", "sha256"],
  ...["new_size", "duration", "reason", "verified_at", "verified"],
];

const INSERT = `INSERT OR REPLACE INTO dumps (name, label, ${COLUMNS.join(", ")})
  VALUES (?, ?, ${COLUMNS.map(() => "?").join(", ")})`;

/** The dumps of one repository. */
export class DumpLedger extends RepositoryTable {
  /** Writes down how far a dump is, in place of what was known of it. */
  write(row: DumpRow): void {
    const { run, entry, database, at, archive, state, leftover, size, sha256 } = row;
    const { newSize, duration, reason, verifiedAt, verified } = row;
    const begin = [run, entry, database, at, archive, state, Number(leftover), size, sha256];
    const values = [...begin, newSize, duration, reason, verifiedAt, verified];
    this.run(INSERT, ...values);
  }

  /** Notes what came of reading a dump back. */
  noteVerified(archive: string, at: number, verified: "equal" | "different"): void {
    this.database.prepare(
      "UPDATE dumps SET verified_at = ?, verified = ? WHERE name = ? AND label = ? AND archive = ?",
    ).run(at, verified, ...this.key, archive);
  }

  /** All dumps since a time, newest first. */
  since(at: number): readonly DumpRow[] {
    return this.#dumps("AND at >= ? ORDER BY at DESC, rowid DESC", at);
  }

  /** How many runs after a time have dumped anything. */
  runsAfter(at: number): number {
    const [row] = this.rows("SELECT count(DISTINCT run) AS count FROM dumps", "AND at > ?", at);
    return typeof row?.count === "number" ? row.count : 0;
  }

  /** The dump in an archive, if it is known. */
  ofArchive(archive: string): DumpRow | undefined {
    return this.#dumps("AND archive = ?", archive)[0];
  }

  /**
   * The newest good dump of each database, whatever became of later ones: it was made, and did not come
   * back different.
   */
  lastGood(): readonly DumpRow[] {
    return this.#dumps(
      `AND state = 'made' AND verified IS NOT 'different' AND at = (
         SELECT max(at) FROM dumps AS other WHERE other.name = dumps.name
           AND other.label = dumps.label AND other.entry = dumps.entry
           AND other.database = dumps.database AND other.state = 'made'
           AND other.verified IS NOT 'different'
       ) ORDER BY entry, database`,
    );
  }

  /** The newest dump of each database, whatever became of it. */
  last(): readonly DumpRow[] {
    return this.#dumps(
      `AND rowid = (
         SELECT rowid FROM dumps AS other WHERE other.name = dumps.name
           AND other.label = dumps.label AND other.entry = dumps.entry
           AND other.database = dumps.database ORDER BY at DESC, rowid DESC LIMIT 1
       ) ORDER BY entry, database`,
    );
  }

  /** The newest dump of a database that was made before a time. */
  madeBefore(entry: string, database: string, at: number): DumpRow | undefined {
    return this.#dumps(
      "AND state = 'made' AND entry = ? AND database = ? AND at < ? ORDER BY at DESC LIMIT 1",
      entry,
      database,
      at,
    )[0];
  }

  /** When each database was last read back and found equal, by {@linkcode verifiedKey}. */
  verifiedTimes(): ReadonlyMap<string, number> {
    const rows = this.rows(
      "SELECT entry, database, max(verified_at) AS verified_at FROM dumps",
      "AND verified = 'equal' GROUP BY entry, database",
    );
    return new Map(rows.map(({ entry, database, verified_at: at }) => [
      verifiedKey({ entry: textOrEmpty(entry), database: textOrEmpty(database) }),
      typeof at === "number" ? at : 0,
    ]));
  }

  /** The dumps of which something may be left that must go. */
  leftovers(): readonly DumpRow[] {
    return this.#dumps("AND leftover = 1 ORDER BY at, rowid");
  }

  #dumps(rest: string, ...values: readonly (string | number)[]): readonly DumpRow[] {
    return this.rows("SELECT * FROM dumps", rest, ...values).map(dumpOf);
  }
}

/** What tells databases apart. */
export function verifiedKey({ entry, database }: Pick<DumpRow, "entry" | "database">): string {
  return `${entry}/${database}`;
}

function dumpOf(columns: Columns): DumpRow {
  const text = (name: string) => textOrEmpty(columns[name]);
  const number = (name: string) => numberOf(columns[name]);
  return {
    run: text("run"),
    entry: text("entry"),
    database: text("database"),
    at: number("at") ?? 0,
    archive: text("archive"),
    state: stateOf(text("state")),
    leftover: columns.leftover === 1,
    size: number("size"),
    sha256: textOf(columns.sha256),
    newSize: number("new_size"),
    duration: number("duration"),
    reason: textOf(columns.reason),
    verifiedAt: number("verified_at"),
    verified: textOf(columns.verified),
  };
}

/** What this version does not know was not made, as far as it can tell. */
function stateOf(text: string): DumpState {
  return text === "begun" || text === "sealed" || text === "made" ? text : "failed";
}
