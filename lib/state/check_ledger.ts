/**
 * What has been checked of each repository, and when: the archives take turns, and a large repository
 * is checked in parts over several nights.
 *
 * @module
 */
import { numberOf, textOf } from "../text/json.ts";
import { textOrEmpty } from "./history_rows.ts";
import { inTransaction } from "./history_schema.ts";
import { RepositoryTable } from "./repository_table.ts";

/** A check of a repository in parts that has not come to its end. */
interface CheckCycle {
  /**
   * When its first part began at the start of the repository, in milliseconds since 1970; `null`: it
   * was under way already, so its end says nothing of the whole.
   */
  readonly begunAt: number | null;
  /** How long its parts took, in milliseconds. */
  readonly spent: number;
  /** How much of the repository is done. */
  readonly percent: number;
}

/** What is known of the checks of a repository. Times are milliseconds since 1970. */
export interface RepositoryChecks {
  /** What the repository was when it was checked last; what differs from it makes a check due. */
  readonly seen: string;
  /** Why everything must be checked anew; `null`: it need not. */
  readonly due: string | null;
  /** The damage that was found in the repository, until a complete check finds none. */
  readonly damage: string | null;
  /** When it was found first. */
  readonly damagedAt: number | null;
  readonly cycle: CheckCycle | null;
  /** When the last complete check that found nothing began; `null`: there was none. */
  readonly completedAt: number | null;
  /** How long that took, in milliseconds. */
  readonly duration: number | null;
  /** How long the last check in one piece took, with its archives' lists of files. */
  readonly whole: number | null;
  /** When the last check of all data began that found nothing. */
  readonly verifiedAt: number | null;
  /** Whether archives come first in the next run, because the repository did in the last one. */
  readonly archivesFirst: boolean;
  /** When the first check was planned. */
  readonly since: number;
}

/** What is known of the checks of one archive. */
export interface ArchiveCheck {
  readonly archive: string;
  /** When it was read last without a finding, in milliseconds since 1970; `null`: never. */
  readonly checkedAt: number | null;
  /** Whether it must be read anew, whenever that was. */
  readonly isDue: boolean;
  /** How long it takes, in milliseconds: measured, or estimated when its reading was stopped. */
  readonly duration: number | null;
  /** The damage that was found in it. */
  readonly damage: string | null;
  /** When it was found first, in milliseconds since 1970. */
  readonly damagedAt: number | null;
  /** How often its reading was begun since and has not come to an end of any kind. */
  readonly tries: number;
}

/** All that is known of the checks of a repository. */
export interface CheckState {
  /** `undefined`: there was none. */
  readonly repository: RepositoryChecks | undefined;
  readonly archives: readonly ArchiveCheck[];
}

/** What the next check begins with when none is known. */
export function firstChecks(seen: string, since: number): RepositoryChecks {
  return {
    seen,
    since,
    due: null,
    damage: null,
    damagedAt: null,
    cycle: null,
    completedAt: null,
    duration: null,
    whole: null,
    verifiedAt: null,
    archivesFirst: false,
  };
}

/** The checks of one repository of a series in the history database. */
export class CheckLedger extends RepositoryTable {
  read(): CheckState {
    return {
      repository: this.rows("SELECT * FROM check_repositories").map(checksOf)[0],
      archives: this.rows("SELECT * FROM check_archives").map((row) => ({
        archive: textOrEmpty(row.archive),
        checkedAt: numberOf(row.checked_at),
        isDue: row.is_due === 1,
        duration: numberOf(row.duration),
        damage: textOf(row.damage),
        damagedAt: numberOf(row.damaged_at),
        tries: numberOf(row.tries) ?? 0,
      })),
    };
  }

  /** Writes down what is known of the repository. */
  write(checks: RepositoryChecks): void {
    const { cycle } = checks;
    this.run(
      "INSERT OR REPLACE INTO check_repositories VALUES " +
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      checks.seen,
      checks.since,
      checks.due,
      checks.damage,
      checks.damagedAt,
      cycle?.begunAt ?? null,
      cycle === null ? null : Math.round(cycle.spent),
      cycle?.percent ?? null,
      checks.completedAt,
      rounded(checks.duration),
      rounded(checks.whole),
      checks.verifiedAt,
      Number(checks.archivesFirst),
    );
  }

  /** Writes down what is known of archives; the others stay as they are. */
  writeArchives(archives: readonly ArchiveCheck[]): void {
    inTransaction(this.database, () => {
      for (const { archive, checkedAt, isDue, duration, damage, damagedAt, tries } of archives) {
        this.run(
          "INSERT OR REPLACE INTO check_archives VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          ...[archive, checkedAt, Number(isDue), rounded(duration), damage, damagedAt, tries],
        );
      }
    });
  }

  forget(archives: readonly string[]): void {
    inTransaction(this.database, () => {
      const sql = "DELETE FROM check_archives WHERE name = ? AND label = ? AND archive = ?";
      for (const archive of archives) this.run(sql, archive);
    });
  }
}

function checksOf(row: Readonly<Record<string, unknown>>): RepositoryChecks {
  const spent = numberOf(row.cycle_spent);
  return {
    seen: textOrEmpty(row.seen),
    since: numberOf(row.since) ?? 0,
    due: textOf(row.due),
    damage: textOf(row.damage),
    damagedAt: numberOf(row.damaged_at),
    cycle: spent === null ? null : {
      begunAt: numberOf(row.cycle_begun_at),
      spent,
      percent: numberOf(row.cycle_percent) ?? 0,
    },
    completedAt: numberOf(row.completed_at),
    duration: numberOf(row.duration),
    whole: numberOf(row.whole),
    verifiedAt: numberOf(row.verified_at),
    archivesFirst: row.archives_first === 1,
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
