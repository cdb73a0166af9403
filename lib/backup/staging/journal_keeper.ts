/**
 * The part of the journal that belongs to the run that is going on.
 *
 * @module
 */
import { type Journal, type JournalRun, readJournal, writeJournal } from "../../state/journal.ts";

/** Where the journal is and whose it is. */
export interface JournalOwner {
  readonly name: string;
  readonly hostname: string;
  readonly state_dir: string;
}

/** Writes one run's part of the journal; writes wait for each other. */
export class JournalKeeper {
  readonly #owner: JournalOwner;
  readonly #others: readonly JournalRun[];
  #run: JournalRun;
  #writing: Promise<void> = Promise.resolve();

  private constructor(owner: JournalOwner, others: readonly JournalRun[], run: JournalRun) {
    this.#owner = owner;
    this.#others = others;
    this.#run = run;
  }

  /**
   * Begins a run's part. Nothing is written before the first {@linkcode update}.
   *
   * @param owner whose journal
   * @param run the run, with nothing to be cleaned up
   * @throws {AppError} when the journal can't be read
   */
  static async begin(owner: JournalOwner, run: JournalRun): Promise<JournalKeeper> {
    const journal = await readJournal(owner.state_dir, owner.name);
    return new JournalKeeper(owner, journal?.runs ?? [], run);
  }

  /** The run's part as it is now. */
  get run(): JournalRun {
    return this.#run;
  }

  /** What earlier runs left and nobody could clean up yet. */
  get others(): readonly JournalRun[] {
    return this.#others;
  }

  /**
   * Changes the run's part; it is on the disk when this returns.
   *
   * @param change makes the new part of the old one
   * @throws {AppError} when it can't be written
   */
  async update(change: (run: JournalRun) => JournalRun): Promise<void> {
    this.#run = change(this.#run);
    await this.#write();
  }

  async #write(): Promise<void> {
    const previous = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    await previous;
    try {
      await writeJournal(this.#owner.state_dir, this.#journal());
    } finally {
      resolve();
    }
  }

  #journal(): Journal {
    const { name, hostname } = this.#owner;
    const runs = isDone(this.#run) ? this.#others : [...this.#others, this.#run];
    return { version: 1, name, hostname, runs };
  }
}

/**
 * Whether there is nothing left to be cleaned up.
 *
 * @param run a run of the journal
 */
export function isDone(run: JournalRun): boolean {
  return run.snapshots.length === 0 && run.trees.length === 0;
}
