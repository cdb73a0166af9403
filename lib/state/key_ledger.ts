/**
 * What this machine knows of the key of each repository: its fingerprint, and when a copy was put
 * away. Never the key itself.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

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
export class KeyLedger {
  readonly #database: DatabaseSync;
  readonly #key: readonly [name: string, label: string];

  constructor(database: DatabaseSync, name: string, label: string) {
    this.#database = database;
    this.#key = [name, label];
  }

  /** Reads all of it. */
  read(): KeyState {
    const sql = "SELECT * FROM repository_keys WHERE name = ? AND label = ?";
    const row = this.#database.prepare(sql).get(...this.#key);
    if (row === undefined) return UNKNOWN_KEY;
    const { seen, seen_at: seenAt, kept, kept_at: keptAt, checked_at: checkedAt } = row;
    return {
      seen: typeof seen === "string" ? seen : null,
      seenAt: typeof seenAt === "number" ? seenAt : 0,
      kept: typeof kept === "string" ? kept : null,
      keptAt: typeof keptAt === "number" ? keptAt : null,
      checkedAt: typeof checkedAt === "number" ? checkedAt : null,
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
    this.#database.prepare("INSERT OR REPLACE INTO repository_keys VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(...this.#key, seen, seenAt, kept, keptAt, checkedAt);
  }
}
