/** One repository that takes dumps: its Borg, and what is known of it. @module */
import { startDeadline } from "../../async/deadline.ts";
import { createFromInputArguments } from "../../borg/commands.ts";
import { parseCreateResult } from "../../borg/create_result.ts";
import type { TeeBranch } from "../../databases/tee_branch.ts";
import { formatArchiveName } from "../../text/archive_name.ts";
import { type DatabaseName, databaseSeries } from "../../text/database_series.ts";
import type { DumpRow } from "../../state/dump_ledger.ts";
import type { Emit } from "../events.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { archiveComment } from "./archive_comment.ts";
import { callBorg, type StepContext } from "./borg_step.ts";
import { dumpArchives, removeDumpArchives } from "./dump_leftovers.ts";
import type { StepBorgResult } from "./new_cache.ts";

/** What is known of a repository that takes dumps. */
type TargetMemory = Pick<RepositoryMemory, "dumps" | "machineId">;

/** A Borg that takes a dump. */
export interface DumpCreate {
  readonly target: DumpTarget;
  /** The archive that it makes. */
  readonly archive: string;
  /** Whether it waits for the first byte; resolves also when it has failed before. */
  readonly ready: Promise<boolean>;
  /** How it ended; rejects when it could not be started. */
  readonly ended: Promise<StepBorgResult>;
}

/** What came of the search for an archive. */
type Made = "made" | "none" | "unknown";

/** How long Borg may take to clean up after a dump, in milliseconds: the run may be being stopped. */
const CLEANING = 60_000;
/**
 * How long it may wait for a lock then, in milliseconds. Borg looks again after a tenth of that: a lock
 * that a killed Borg left would cost a minute with the usual `lock_wait`.
 */
const CLEANING_LOCK_WAIT = 10_000;

/** A repository that takes part in the dumps of a run. */
export class DumpTarget {
  readonly #context: StepContext;
  readonly #memory: TargetMemory;

  /**
   * @param context the run and the repository
   * @param memory what is known of it
   */
  constructor(context: StepContext, memory: TargetMemory) {
    this.#context = { ...context, emit: withoutProgress(context.emit) };
    this.#memory = memory;
  }

  /** The label of the repository. */
  get label(): string {
    return this.#context.target.label;
  }

  /** Tells how far a dump is. */
  tell(bytes: number, message: string): void {
    const progress = { kind: "bytes", bytes, message } as const;
    this.#context.emit({ type: "progress", repository: this.label, progress });
  }

  /**
   * Starts a Borg that makes an archive of what it is given.
   *
   * @param branch gives it the dump
   */
  start(name: DatabaseName, fileName: string, branch: TeeBranch): DumpCreate {
    const { target, signal } = this.#context;
    const archive = this.#archiveOf(name);
    this.note(name, archive, { state: "begun", leftover: true });
    const comment = archiveComment(this.#memory.machineId());
    const { compression } = target;
    const request = { archive, compression, comment, fileName };
    const args = createFromInputArguments(target, request);
    const { promise: ready, resolve } = Promise.withResolvers<boolean>();
    const context = { ...this.#context, signal: AbortSignal.any([signal, branch.signal]) };
    const work = callBorg(context, "dump", args, {
      stdin: branch,
      returnsFailures: true,
      onLine: (line) => {
        if (line.kind === "file-status") resolve(true);
        // Its cache is brought up to date, or a checkpoint is written.
        if (line.kind === "percent" || line.kind === "commit") branch.excuse();
      },
    });
    const ended = work.finally(() => {
      resolve(false);
      branch.leave();
    });
    ended.catch(() => {});
    return { target: this, archive, ready, ended };
  }

  /** Writes down that a database is not dumped, and why. */
  miss(name: DatabaseName, reason: string): void {
    this.note(name, this.#archiveOf(name), { state: "failed", leftover: false, reason });
  }

  #archiveOf(name: DatabaseName): string {
    const { plan } = this.#context;
    return formatArchiveName({ ...plan, series: databaseSeries(plan.name, name) });
  }

  /** Writes down how far a dump is. */
  note(
    { label: entry, database }: DatabaseName,
    archive: string,
    row: Pick<DumpRow, "state" | "leftover"> & Partial<DumpRow>,
  ): void {
    const { runId: run, startedAt } = this.#context.plan;
    this.#memory.dumps.write({
      ...{ run, entry, database, archive, at: startedAt.getTime() },
      ...{ size: null, sha256: null, newSize: null, duration: null, reason: null },
      ...{ verifiedAt: null, verified: null },
      ...row,
    });
  }

  /** What the archive added to the repository, in bytes, as Borg says. */
  newSize({ stdout }: StepBorgResult): number | undefined {
    return parseCreateResult(stdout)?.deduplicatedSize;
  }

  /**
   * Finds out what a Borg that failed has left, and removes what must not stay: checkpoints always, an
   * archive unless the dump was whole when Borg came to its end.
   *
   * @returns whether there is a good archive, and whether all else is gone
   */
  async clean(
    archive: string,
    isWhole: boolean,
  ): Promise<{ readonly made: Made; readonly isClean: boolean }> {
    // Not the signal of the run: a run that is stopped cleans up, too.
    const late = new AbortController();
    using _deadline = startDeadline(CLEANING, () => late.abort());
    const target = { ...this.#context.target, lockWait: CLEANING_LOCK_WAIT };
    const context = { ...this.#context, target, signal: late.signal };
    try {
      const found = await dumpArchives(context, archive);
      if ("end" in found) return { made: "unknown", isClean: false };
      const made = found.isMade && isWhole;
      const half = found.isMade && !isWhole ? [archive] : [];
      const isClean = await removeDumpArchives(context, [...found.checkpoints, ...half]);
      return { made: made ? "made" : "none", isClean };
    } catch {
      // That Borg can't be started is what made it fail; the next run cleans up.
      return { made: "unknown", isClean: false };
    }
  }
}

/** What Borg says of its own progress would take turns with how much of the dump went through. */
function withoutProgress(emit: Emit): Emit {
  return (event) => {
    if (event.type === "progress" && event.progress.kind === "create") return;
    emit(event);
  };
}
