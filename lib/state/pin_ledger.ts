/**
 * What this machine knows of pinned archives: a pin that disappears from a repository is told, and its
 * archive is kept all the same.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { pinGoneText } from "../text/pin_name.ts";
import { textOrEmpty } from "./history_rows.ts";
import { inTransaction } from "./history_schema.ts";
import { RepositoryTable } from "./repository_table.ts";

/** A pin that is known. */
export interface KnownPin {
  /** The archive that is kept. */
  readonly archive: string;
  /** Borg's id of the pin; "": not known. */
  readonly id: string;
  /** Why it is kept; "": nobody said why. */
  readonly reason: string;
  /** When it was pinned, or when the pin was first seen here, in milliseconds since 1970. */
  readonly since: number;
  /** `missing`: the pin is gone from the repository, and not by `pin --remove` on this machine. */
  readonly state: "present" | "missing";
}

/** What was done with a pin; `found`: another machine had made it. */
type PinAction = "pinned" | "found" | "unpinned" | "vanished";

/** Something that was done with a pin, and when. */
export interface RecordedPinChange {
  readonly label: string;
  readonly at: Date;
  readonly action: PinAction;
  readonly archive: string;
  readonly reason: string;
}

/** What was seen of the pins in a repository. */
export interface SeenPins {
  /** Those that are there. */
  readonly found: readonly Pick<KnownPin, "archive" | "id" | "reason">[];
  /** Archives whose pins were known and are gone. */
  readonly missing: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The pins of one repository of a series in the history database. */
export class PinLedger extends RepositoryTable {
  /** Reads all that are known, in the order in which they became known. */
  read(): readonly KnownPin[] {
    return this.rows("SELECT * FROM pins", "ORDER BY since, archive").map((row) => ({
      archive: textOrEmpty(row.archive),
      id: textOrEmpty(row.id),
      reason: textOrEmpty(row.reason),
      since: typeof row.since === "number" ? row.since : 0,
      state: row.state === "missing" ? "missing" : "present",
    }));
  }

  /** Notes that an archive was pinned here, or another reason for it. */
  notePinned(archive: string, reason: string, at: number): void {
    this.#write({ archive, id: "", reason, since: at, state: "present" });
    this.#noteChange(at, "pinned", archive, reason);
  }

  /** Forgets a pin, so that nobody misses it. */
  forget(archive: string): void {
    this.run("DELETE FROM pins WHERE name = ? AND label = ? AND archive = ?", archive);
  }

  noteUnpinned(archive: string, reason: string, at: number): void {
    this.forget(archive);
    this.#noteChange(at, "unpinned", archive, reason);
  }

  /** Notes what an inspection saw. What was pinned or unpinned meanwhile stays as it is. */
  noteSeen(seen: SeenPins): void {
    inTransaction(this.database, () => this.#takeSeen(seen));
  }

  #takeSeen({ found, missing, at }: SeenPins): void {
    const known = new Map(this.read().map((pin) => [pin.archive, pin]));
    for (const { archive, id, reason } of found) {
      const before = known.get(archive);
      const isSame = before?.id === id && before.reason === reason && before.state === "present";
      if (isSame) continue;
      this.#write({ archive, id, reason, since: before?.since ?? at, state: "present" });
      if (before === undefined) this.#noteChange(at, "found", archive, reason);
    }
    for (const archive of missing) {
      const before = known.get(archive);
      if (before === undefined || before.state === "missing") continue;
      this.#write({ ...before, state: "missing" });
      this.#noteChange(at, "vanished", archive, before.reason);
    }
  }

  /** Accepts that pins are gone. Returns the archives that are no longer kept. */
  acceptMissing({ at, reason }: {
    readonly at: number;
    readonly reason: string | undefined;
  }): readonly string[] {
    return inTransaction(this.database, () => {
      const gone = this.read().filter(({ state }) => state === "missing");
      for (const { archive } of gone) {
        const said = ["pin-vanished", archive, pinGoneText(archive), reason ?? null] as const;
        this.run("INSERT INTO acceptances VALUES (?, ?, ?, ?, ?, ?, ?)", at, ...said);
        this.forget(archive);
      }
      return gone.map(({ archive }) => archive);
    });
  }

  #write({ archive, id, reason, since, state }: KnownPin): void {
    const sql = "INSERT OR REPLACE INTO pins VALUES (?, ?, ?, ?, ?, ?, ?)";
    this.run(sql, archive, id, reason, since, state);
  }

  #noteChange(at: number, action: PinAction, archive: string, reason: string): void {
    this.run("INSERT INTO pin_changes VALUES (?, ?, ?, ?, ?, ?)", at, action, archive, reason);
  }
}

/** Reads when archives of a series were pinned, and when no longer, the last change first. */
export function readPinChanges(
  database: DatabaseSync,
  name: string,
  last: number,
): readonly RecordedPinChange[] {
  const sql = "SELECT * FROM pin_changes WHERE name = ? ORDER BY rowid DESC LIMIT ?";
  return database.prepare(sql).all(name, last).flatMap((row) => {
    const action = ACTIONS.find((one) => one === row.action);
    if (action === undefined || typeof row.at !== "number") return [];
    const { label, archive, reason } = row;
    return [{
      label: textOrEmpty(label),
      at: new Date(row.at),
      action,
      archive: textOrEmpty(archive),
      reason: textOrEmpty(reason),
    }];
  });
}

const ACTIONS: readonly PinAction[] = ["pinned", "found", "unpinned", "vanished"];
