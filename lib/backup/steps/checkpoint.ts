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
import type { CheckpointStats } from "../outcome.ts";
import { callBorg, type StepContext, type StepResult } from "./borg_step.ts";

/** How long Borg may take to say it, in milliseconds: the run may be being stopped. */
const PATIENCE = 20_000;

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

  /**
   * Bytes that a checkpoint holds, as far as Borg's progress tells; `undefined` without a checkpoint:
   * then the next Borg removes what was written. It is up to 0.2 seconds behind.
   */
  get committed(): number | undefined {
    return this.#committed;
  }
}

/**
 * Adds to a step that failed what its checkpoint holds. Borg is asked, and only when there is a
 * checkpoint; when it does not answer, its progress has to do.
 *
 * @param context the run and the repository; its signal may have aborted
 */
export async function withCheckpoint(
  context: StepContext,
  result: StepResult,
  watch: CheckpointWatch,
): Promise<StepResult> {
  const { outcome } = result;
  if (watch.committed === undefined || outcome.state === "skipped") return result;
  const answer = await askFor(context);
  if (answer === "none") return result;
  const checkpoint = answer ?? { newSize: watch.committed };
  return { ...result, outcome: { ...outcome, checkpoint } };
}

/** Returns "none" when Borg says that there is no checkpoint, `undefined` when it does not answer. */
async function askFor(context: StepContext): Promise<CheckpointStats | "none" | undefined> {
  const late = new AbortController();
  using _deadline = startDeadline(PATIENCE, () => late.abort());
  const args = checkpointArguments(context.target, context.plan.archive);
  try {
    const asked = await callBorg({ ...context, signal: late.signal }, "create", args, {
      stop: STOP_POLITELY,
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
