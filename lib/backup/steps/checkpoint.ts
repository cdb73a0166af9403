/**
 * Finds out what a `create` that made no archive left in the repository, so that its bytes belong to
 * the run that wrote them: to the next one they are no news.
 *
 * @module
 */
import { startDeadline } from "../../async/deadline.ts";
import { checkpointArguments, parseCheckpoint } from "../../borg/checkpoint_size.ts";
import type { BorgLine } from "../../borg/log_line.ts";
import { STOP_POLITELY } from "../../process/program.ts";
import { formatArchiveName } from "../../text/archive_name.ts";
import type { CheckpointStats } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, type StepContext } from "./borg_step.ts";

/** How long Borg may take to say it, in milliseconds: the run may be being stopped. */
const TIMEOUT = 20_000;

/** Listens to `borg create` for what it has written down for good. */
export class CheckpointWatch {
  #written = 0;
  #committed: number | undefined;

  /** Takes a line of Borg's. */
  hear(line: BorgLine): void {
    if (line.kind === "archive-progress") this.#written = line.deduplicatedSize;
    // Borg commits before the first file, too, when it brings the repository up to date.
    if (line.kind === "commit" && this.#written > 0) this.#committed = this.#written;
  }

  /** Bytes that were new to the repository, as far as Borg's progress tells. */
  get written(): number {
    return this.#written;
  }

  /**
   * Bytes that a checkpoint holds, as far as Borg's progress tells; `undefined` without a checkpoint:
   * then the next Borg removes what was written. It is up to 0.2 seconds behind.
   */
  get committed(): number | undefined {
    return this.#committed;
  }
}

/**
 * Finds out what the checkpoint of an attempt that failed holds. Borg is asked, and only when there is
 * a checkpoint; when it does not answer, its progress has to do.
 *
 * @param context the run and the repository; its signal may have aborted
 */
export async function checkpointOf(
  context: StepContext,
  watch: CheckpointWatch,
): Promise<CheckpointStats | undefined> {
  if (watch.committed === undefined) return undefined;
  const answer = await askFor(context);
  return answer === "none" ? undefined : answer ?? { newSize: watch.committed };
}

/**
 * Counts what runs that died have left in checkpoints. Only before this run makes an archive can it be
 * told from what that adds.
 */
export async function countLeftCheckpoints(
  context: StepContext,
  memory: Pick<RepositoryMemory, "died" | "left">,
): Promise<void> {
  const { plan: { name, runId } } = context;
  for (const run of memory.died(runId)) {
    const archive = formatArchiveName({ series: name, ...run });
    const answer = await askFor(context, archive);
    if (answer !== undefined && answer !== "none") memory.left(run, answer);
  }
}

/** Returns "none" when Borg says that there is no checkpoint, `undefined` when it does not answer. */
async function askFor(
  context: StepContext,
  archive = context.plan.archive,
): Promise<CheckpointStats | "none" | undefined> {
  const late = new AbortController();
  using _deadline = startDeadline(TIMEOUT, () => late.abort());
  const args = checkpointArguments(context.target, archive);
  try {
    const asked = await callBorg({ ...context, signal: late.signal }, "create", args, {
      stop: STOP_POLITELY,
      returnsFailures: true,
    });
    if (asked.end.kind === "failed" && /does not exist/.test(asked.end.failure.message)) {
      return "none";
    }
    return asked.end.kind === "success" ? parseCheckpoint(asked.stdout) : undefined;
  } catch {
    // That Borg can't be started is no news about a create that failed.
    return undefined;
  }
}
