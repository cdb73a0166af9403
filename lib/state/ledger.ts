/**
 * What this machine knows of the data in each repository: which archives are there, which ones were
 * removed on purpose, and which alarms stand. It lies in the history database, and is not taken from
 * the repository, because an attacker who changed the repository would have changed it too.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import type { ArchiveState } from "../archive_state.ts";

/** An archive of the series as it was seen. */
export interface LedgerArchive {
  readonly name: string;
  /** Borg's id of it, which no other archive of that name has; "": not known. */
  readonly id: string;
  readonly state: ArchiveState;
}

interface SeenRepository {
  /** Borg's id of the repository. */
  readonly id: string;
  /** When it was changed last, in milliseconds since 1970; Borg never lets it go back. */
  readonly modifiedAt: number;
  /** What told this machine from a copy of it; "": not known. */
  readonly machine: string;
}

/** An alarm that was raised and has not cleared. */
export interface StandingAlarm extends Alarm {
  /** The run that raised it. */
  readonly raisedBy: string;
  /** Milliseconds since 1970. */
  readonly raisedAt: number;
  /** Whether it was accepted; what it is about can go on, such as a source that stays away. */
  readonly accepted: boolean;
}

/** All that is known of one repository. */
export interface Ledger {
  /** As it was when nothing looked wrong with it; `undefined`: never seen. */
  readonly repository: SeenRepository | undefined;
  readonly archives: readonly LedgerArchive[];
  readonly alarms: readonly StandingAlarm[];
  /** What is known of the sources. */
  readonly sources: LedgerSources | undefined;
  /** How many archives of other names nobody prunes; left out: nobody has looked. */
  readonly outside?: number | undefined;
}

/** What is known of the sources of an archive, as text of the inspection's own. */
export interface LedgerSources {
  /** As they were when nothing looked wrong with them. */
  readonly known: string;
  /** As they were seen last: what is known when that is accepted. */
  readonly seen: string;
}

/** What an inspection found. */
export interface LedgerChange extends Omit<Ledger, "repository" | "sources"> {
  /** What it found out about the sources; else they stay as they are known. */
  readonly sources?: LedgerSources | undefined;
  /** As it is now. */
  readonly seen: SeenRepository;
  /** Whether that is what it should be. */
  readonly trusted: boolean;
}

/**
 * The tables of the ledger; `name` is the series. The machine is distinguished from others by a number
 * that is made with its history: host names are often the same.
 */
export const LEDGER_SCHEMA = `
  CREATE TABLE machine (id TEXT NOT NULL) STRICT;
  INSERT INTO machine VALUES (lower(hex(randomblob(8))));
  CREATE TABLE ledger_repositories (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    id TEXT,
    modified_at INTEGER,
    machine TEXT,
    seen_id TEXT NOT NULL,
    seen_modified_at INTEGER NOT NULL,
    seen_machine TEXT NOT NULL,
    outside INTEGER,
    PRIMARY KEY (name, label)
  ) STRICT;
  CREATE TABLE ledger_archives (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    archive TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (name, label, archive)
  ) STRICT;
  CREATE TABLE ledger_alarms (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT NOT NULL,
    severity TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    PRIMARY KEY (name, label, kind, subject)
  ) STRICT;
  CREATE TABLE ledger_sources (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    known TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (name, label)
  ) STRICT;
  CREATE TABLE acceptances (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    reason TEXT
  ) STRICT;`;
