/**
 * What this machine knows of the key of each repository: its fingerprint, and when a copy was put
 * away. Never the key itself.
 *
 * @module
 */
import { numberOf, textOf } from "../text/json.ts";
import { RepositoryTable } from "./repository_table.ts";

/** What is known of a key. Fingerprints are of `keyFingerprint`, times milliseconds since 1970. */
export interface KeyState {
  /** The key as it was seen last; `null`: never. */
  readonly seen: string | null;
  /** When that was; 0: it may have changed since. */
  readonly seenAt: number;
  /** The key that was exported, or of which a copy was found to be right; `null`: none. */
  readonly kept: string | null;
  readonly keptAt: number | null;
  /** When a copy of that key was last found to be right. */
  readonly checkedAt: number | null;
}

/** The table of the keys; `name` is the series. */
export const KEY_SCHEMA = `
  CREATE TABLE repository_keys (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    seen TEXT,
    seen_at INTEGER NOT NULL,
    kept TEXT,
    kept_at INTEGER,
    checked_at INTEGER,
    PRIMARY KEY (name, label)
  ) STRICT;`;

/** What is known when nothing is. */
export const UNKNOWN_KEY: KeyState = {
  seen: null,
  seenAt: 0,
  kept: null,
  keptAt: null,
  checkedAt: null,
};

/** The key of one repository of a series in the history database. */
export class KeyLedger extends RepositoryTable {
  read(): KeyState {
    const [row] = this.rows("SELECT * FROM repository_keys");
    if (row === undefined) return UNKNOWN_KEY;
    return {
      seen: textOf(row.seen),
      seenAt: numberOf(row.seen_at) ?? 0,
      kept: textOf(row.kept),
      keptAt: numberOf(row.kept_at),
      checkedAt: numberOf(row.checked_at),
    };
  }

  /** Notes the key as the repository has it now. */
  noteSeen(fingerprint: string, at: number): void {
    this.#write({ ...this.read(), seen: fingerprint, seenAt: at });
  }

  /** Notes that the key may have changed: it is looked at again at the next opportunity. */
  noteChange(): void {
    this.#write({ ...this.read(), seenAt: 0 });
  }

  /** Notes that a copy of a key was put away. */
  noteExport(fingerprint: string, at: number): void {
    const state = this.read();
    const checkedAt = state.kept === fingerprint ? state.checkedAt : null;
    this.#write({ ...state, kept: fingerprint, keptAt: at, checkedAt });
  }

  /** Notes that a copy was found to be right: whoever made it, it is one. */
  noteCheck(fingerprint: string, at: number): void {
    const state = this.read();
    const keptAt = state.kept === fingerprint ? state.keptAt : at;
    this.#write({ ...state, kept: fingerprint, keptAt, checkedAt: at });
  }

  #write({ seen, seenAt, kept, keptAt, checkedAt }: KeyState): void {
    const sql = "INSERT OR REPLACE INTO repository_keys VALUES (?, ?, ?, ?, ?, ?, ?)";
    this.run(sql, seen, seenAt, kept, keptAt, checkedAt);
  }
}
