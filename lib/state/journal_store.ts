/**
 * Where journals are kept, as staging sees it.
 *
 * @module
 */
import {
  type Journal,
  readAllJournals,
  readJournal,
  setJournalAside,
  writeJournal,
} from "./journal.ts";

/** Reads and writes the journals of a state directory. */
export interface JournalStore {
  /**
   * Reads a configuration's journal.
   *
   * @throws {DamagedJournalError} when it is not a journal
   * @throws {AppError} when it can't be read
   */
  read(name: string): Promise<Journal | undefined>;
  /**
   * Replaces a journal durably; one without runs is removed.
   *
   * @throws {AppError} when it can't be written
   */
  write(journal: Journal): Promise<void>;
  /**
   * Moves a damaged journal out of the way.
   *
   * @returns where it is now
   */
  setAside(name: string): Promise<string>;
  /** The readable journals of all configurations. */
  all(): Promise<readonly Journal[]>;
}

/**
 * Journals in files.
 *
 * @param state_dir the state directory
 */
export function fileJournals(state_dir: string): JournalStore {
  return {
    read: (name) => readJournal(state_dir, name),
    write: (journal) => writeJournal(state_dir, journal),
    setAside: (name) => Promise.try(() => setJournalAside(state_dir, name)),
    all: () => readAllJournals(state_dir),
  };
}
