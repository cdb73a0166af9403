/**
 * The part of the journal that belongs to the run that is going on.
 *
 * @module
 */
import type { Journal, JournalRun } from "../state/journal.ts";
import type { JournalStore } from "../state/journal_store.ts";

/** Whose journal it is. */
export interface JournalOwner {
  readonly name: string;
  readonly hostname: string;
}

/** Writes one run's part of the journal; writes wait for each other. */
export class JournalKeeper {
  readonly #owner: JournalOwner;
  readonly #store: JournalStore;
  readonly #others: readonly JournalRun[];
  #run: JournalRun;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    owner: JournalOwner,
    store: JournalStore,
    others: readonly JournalRun[],
    run: JournalRun,
  ) {
    this.#owner = owner;
    this.#store = store;
    this.#others = others;
    this.#run = run;
  }

  /**
   * Begins a run's part. Nothing is written before the first {@linkcode intend}.
   *
   * @param owner whose journal
   * @param store where it is kept
   * @param run the run, with nothing to be cleaned up
   * @throws {AppError} when the journal can't be read
   */
  static async begin(
    owner: JournalOwner,
    store: JournalStore,
    run: JournalRun,
  ): Promise<JournalKeeper> {
    const journal = await store.read(owner.name);
    return new JournalKeeper(owner, store, journal?.runs ?? [], run);
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
   * Writes down what is about to be done; it is on the disk when this returns. When it can't be
   * written nothing may be done, and the run's part stays as it was.
   *
   * @param change makes the new part of the old one
   * @throws {AppError} when it can't be written
   */
  async intend(change: (run: JournalRun) => JournalRun): Promise<void> {
    await this.#change(change, false);
  }

  /**
   * Writes down what is known now. This process knows it even when it can't be written.
   *
   * @param change makes the new part of the old one
   * @throws {AppError} when it can't be written
   */
  async record(change: (run: JournalRun) => JournalRun): Promise<void> {
    await this.#change(change, true);
  }

  async #change(change: (run: JournalRun) => JournalRun, keep: boolean): Promise<void> {
    const previous = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    await previous;
    const before = this.#run;
    this.#run = change(before);
    try {
      await this.#store.write(this.#journal());
    } catch (error) {
      if (!keep) this.#run = before;
      throw error;
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
