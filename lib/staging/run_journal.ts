/** The part of the journal that belongs to the run in progress. @module */
import { isDone, type Journal, type JournalRun, type JournalStore } from "../state/journal.ts";

/** Writes one run's part of the journal; writes wait for each other. */
export class RunJournal {
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly owner: Pick<Journal, "name" | "hostname">,
    private readonly store: JournalStore,
    /** What earlier runs left and nobody could clean up yet. */
    readonly others: readonly JournalRun[],
    private current: JournalRun,
  ) {}

  /**
   * Begins a run's part. Nothing is written before the first {@linkcode intend}.
   *
   * @throws {AppError} when the journal can't be read
   */
  static async begin(
    owner: Pick<Journal, "name" | "hostname">,
    store: JournalStore,
    run: Pick<JournalRun, "runId" | "startedAt">,
  ): Promise<RunJournal> {
    const others = (await store.read(owner.name))?.runs ?? [];
    const { runId, startedAt } = run;
    const current = { runId, startedAt, trees: [], mounts: [], snapshots: [] };
    return new RunJournal(owner, store, others, current);
  }

  /** The run's part as it is now. */
  get run(): JournalRun {
    return this.current;
  }

  /**
   * Writes down what is about to be done; it is on the disk when this returns. When it can't be
   * written nothing may be done, and the run's part stays as it was.
   *
   * @throws {AppError} when it can't be written
   */
  async intend(change: (run: JournalRun) => Partial<JournalRun>): Promise<void> {
    await this.#change(change, false);
  }

  /**
   * Writes down what is known now. This process knows it even when it can't be written.
   *
   * @throws {AppError} when it can't be written
   */
  async record(change: (run: JournalRun) => Partial<JournalRun>): Promise<void> {
    await this.#change(change, true);
  }

  async #change(change: (run: JournalRun) => Partial<JournalRun>, keep: boolean): Promise<void> {
    const previous = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    await previous;
    const before = this.current;
    this.current = { ...before, ...change(before) };
    const runs = isDone(this.current) ? this.others : [...this.others, this.current];
    const { name, hostname } = this.owner;
    try {
      await this.store.write({ version: 1, name, hostname, runs });
    } catch (error) {
      if (!keep) this.current = before;
      throw error;
    } finally {
      resolve();
    }
  }
}
