/** Reads and writes what is known of one repository in the history database. @module */
import type { DatabaseSync } from "node:sqlite";
import { ALARM_KINDS, type AlarmKind, NO_ARCHIVE_AT_ALL, OF_REPOSITORY } from "../alarm.ts";
import { ARCHIVE_STATES, type ArchiveState } from "../archive_state.ts";
import { textOf } from "../text/json.ts";
import { type Columns, dateOf, textOrEmpty } from "./history_rows.ts";
import { inTransaction } from "./history_schema.ts";
import { RepositoryTable } from "./repository_table.ts";
import type { Ledger, LedgerChange, StandingAlarm } from "./ledger.ts";

/** Alarms that end when they are accepted: what is there now is what the next run compares with. */
const TAKES_OVER: ReadonlySet<AlarmKind> = new Set([
  ...OF_REPOSITORY,
  "archive-small",
  "source-gone",
  "source-empty",
  "source-small",
  "source-unmounted",
  "unusual-change",
  "database-small",
]);

interface Acceptance {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string | undefined;
}

/** An alarm that a person accepted. */
export interface RecordedAcceptance {
  readonly label: string;
  readonly acceptedAt: Date;
  readonly kind: string;
  readonly message: string;
  readonly reason: string | undefined;
}

/** What is known of one repository of a series. */
export class RepositoryLedger extends RepositoryTable {
  read(): Ledger {
    const { id, modified_at: modifiedAt, machine, outside } =
      this.rows("SELECT id, modified_at, machine, outside FROM ledger_repositories")[0] ?? {};
    return {
      repository: typeof id === "string" && typeof modifiedAt === "number"
        ? { id, modifiedAt, machine: textOrEmpty(machine) }
        : undefined,
      archives: this.rows("SELECT archive, id, state FROM ledger_archives").map((row) => ({
        name: textOrEmpty(row.archive),
        id: textOrEmpty(row.id),
        state: stateOf(row.state),
      })),
      alarms: this.rows("SELECT * FROM ledger_alarms").flatMap(alarmOf),
      sources: this.rows("SELECT known, seen FROM ledger_sources")
        .map((row) => ({ known: textOrEmpty(row.known), seen: textOrEmpty(row.seen) }))[0],
      ...(typeof outside === "number" ? { outside } : {}),
    };
  }

  /** Writes down what an inspection found. */
  write({ seen, trusted, archives, alarms, sources, outside }: LedgerChange): void {
    inTransaction(this.database, () => {
      const known = trusted ? [seen.id, seen.modifiedAt, seen.machine] : [null, null, null];
      this.run(
        `INSERT INTO ledger_repositories VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET seen_id = excluded.seen_id,
           seen_modified_at = excluded.seen_modified_at, seen_machine = excluded.seen_machine,
           id = coalesce(excluded.id, id), modified_at = coalesce(excluded.modified_at, modified_at),
           machine = coalesce(excluded.machine, machine), outside = excluded.outside`,
        ...known,
        seen.id,
        seen.modifiedAt,
        seen.machine,
        outside ?? null,
      );
      for (const { name, id, state } of archives) this.#note(name, id, state);
      if (sources !== undefined) {
        const insert = "INSERT OR REPLACE INTO ledger_sources VALUES (?, ?, ?, ?)";
        this.run(insert, sources.known, sources.seen);
      }
      this.run("DELETE FROM ledger_alarms WHERE name = ? AND label = ?");
      for (const alarm of alarms) this.#insertAlarm("INSERT", alarm);
    });
  }

  /**
   * How many alarms about the repository itself were accepted: what an attacker or an older copy left
   * there must be checked each time.
   */
  countTakeOvers(): number {
    const kinds = [...OF_REPOSITORY];
    const one = `AND kind IN (${kinds.map(() => "?").join(", ")})`;
    const count = this.rows("SELECT count(*) AS count FROM acceptances", one, ...kinds)[0]?.count;
    return typeof count === "number" ? count : 0;
  }

  /** Raises an alarm that no inspection has found; one that stands already stays as it is. */
  raise(alarm: StandingAlarm): void {
    this.#insertAlarm("INSERT OR IGNORE", alarm);
  }

  /** Notes that archives were removed, or made, on purpose. */
  noteByHand(removed: readonly string[], made: readonly string[] = []): void {
    inTransaction(this.database, () => {
      for (const name of removed) this.#note(name, "", "removed");
      for (const name of made) this.#note(name, "", "present");
    });
  }

  /** Accepts all alarms that are open. Returns what was accepted. */
  accept({ at, reason }: Acceptance): readonly StandingAlarm[] {
    return inTransaction(this.database, () => {
      const open = this.read().alarms.filter(({ accepted }) => !accepted);
      if (open.length === 0) return [];
      for (const { kind, subject, message } of open) {
        const said = [kind, subject, message, reason ?? null] as const;
        this.run("INSERT INTO acceptances VALUES (?, ?, ?, ?, ?, ?, ?)", at, ...said);
        const one = "name = ? AND label = ? AND kind = ? AND subject = ?";
        // That nothing is there is no state that a later run could compare with.
        const stands = subject === NO_ARCHIVE_AT_ALL;
        const sql = TAKES_OVER.has(kind) && !stands
          ? `DELETE FROM ledger_alarms WHERE ${one}`
          : `UPDATE ledger_alarms SET accepted = 1 WHERE ${one}`;
        this.run(sql, kind, subject);
      }
      this.#takeOver(Math.min(...open.map(({ raisedAt }) => raisedAt)));
      return open;
    });
  }

  /**
   * What is there now is what the next inspection compares with. An archive of before the alarms that
   * something looked wrong with stays as it is.
   */
  #takeOver(since: number): void {
    const where = "WHERE name = ? AND label = ?";
    const isState = `${where} AND state =`;
    this.run(`UPDATE ledger_archives SET state = 'removed' ${isState} 'missing'`);
    this.run(`UPDATE ledger_archives SET state = 'present' ${isState} 'foreign'`);
    this.run(`UPDATE ledger_archives SET state = 'present' ${isState} 'misdated'`);
    // It is the one that has the name now, whatever its id is.
    this.run(`UPDATE ledger_archives SET state = 'present', id = '' ${isState} 'replaced'`);
    this.run(
      `UPDATE ledger_repositories SET id = seen_id, modified_at = seen_modified_at,
         machine = seen_machine ${where}`,
    );
    this.run(`UPDATE ledger_sources SET known = seen ${where}`);
    this.run(
      `UPDATE steps SET suspicious = 0 WHERE run IN (SELECT id FROM runs WHERE name = ?)
       AND label = ? AND run IN (SELECT id FROM runs WHERE started_at >= ?)`,
      since,
    );
  }

  #insertAlarm(insert: "INSERT" | "INSERT OR IGNORE", alarm: StandingAlarm): void {
    const { kind, subject, message, hint, severity, raisedBy, raisedAt, accepted } = alarm;
    this.run(
      `${insert} INTO ledger_alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[kind, subject, message, hint, severity, raisedBy, raisedAt, Number(accepted)],
    );
  }

  #note(archive: string, id: string, state: ArchiveState): void {
    this.run(
      `INSERT INTO ledger_archives VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET id = excluded.id, state = excluded.state`,
      archive,
      id,
      state,
    );
  }
}

/** Reads what people accepted, the last first. */
export function readAcceptances(
  database: DatabaseSync,
  name: string,
  last: number,
): readonly RecordedAcceptance[] {
  const sql = "SELECT * FROM acceptances WHERE name = ? ORDER BY rowid DESC LIMIT ?";
  return database.prepare(sql).all(name, last).map((row) => ({
    label: textOrEmpty(row.label),
    acceptedAt: dateOf(row.accepted_at) ?? new Date(0),
    kind: textOrEmpty(row.kind),
    message: textOrEmpty(row.message),
    reason: textOf(row.reason) ?? undefined,
  }));
}

function alarmOf(row: Columns): StandingAlarm[] {
  const kind = ALARM_KINDS.find((one) => one === row.kind);
  if (kind === undefined) return [];
  return [{
    kind,
    subject: textOrEmpty(row.subject),
    message: textOrEmpty(row.message),
    hint: textOrEmpty(row.hint),
    severity: row.severity === "error" ? "error" : "warning",
    raisedBy: textOrEmpty(row.raised_by),
    raisedAt: typeof row.raised_at === "number" ? row.raised_at : 0,
    accepted: row.accepted === 1,
  }];
}

/** What can't be read as a state is not taken for an archive of ours. */
function stateOf(value: unknown): ArchiveState {
  return ARCHIVE_STATES.find((state) => state === value) ?? "foreign";
}
