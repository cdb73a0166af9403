/**
 * Releases what the run that is going on has staged.
 *
 * @module
 */
import { AppError, reasonOf } from "../errors.ts";
import { ownCommand } from "../text/own_command.ts";
import type { Problem } from "../backup/outcome.ts";
import { cleanUp } from "./clean_up.ts";
import { commandRunner } from "./commands.ts";
import type { StageRequest } from "./stage.ts";
import type { StagingSystem } from "./system.ts";
import type { SnapshotContext } from "./take_snapshots.ts";

/**
 * Makes the function that releases everything, however far the staging came. It does its work once,
 * and never throws: whatever goes wrong is a problem of the run.
 *
 * @param request what was staged
 * @param system the machine
 * @param context what is known about the run's snapshots
 */
export function releaser(
  request: StageRequest,
  system: StagingSystem,
  context: SnapshotContext,
): () => Promise<readonly Problem[]> {
  let released: Promise<readonly Problem[]> | undefined;
  const releaseOnce = async (): Promise<readonly Problem[]> => {
    try {
      return await release(request, system, context);
    } catch (error) {
      return [leftBehind(error)];
    }
  };
  return () => released ??= releaseOnce();
}

async function release(
  request: StageRequest,
  { start, files }: StagingSystem,
  context: SnapshotContext,
): Promise<readonly Problem[]> {
  const { keeper, configuration, deferred, doubtful, hung, note } = context;
  if (keeper.run.trees.length === 0) return [];
  const scope = { step: "snapshot" } as const;
  const outcome = await cleanUp({
    // The run may be about to be stopped: this has to be done all the same.
    run: commandRunner({ ...request, scope, start, hung, signal: undefined }),
    note,
    configuration,
    journal: keeper.run,
    isPrivate: (target) => !doubtful.has(target),
    deferred,
    hung,
    files,
    ...(request.pauses === undefined ? {} : { pauses: request.pauses }),
  });
  try {
    await keeper.record(() => outcome.journal);
  } catch (error) {
    return [...outcome.problems, notRecorded(error)];
  }
  return outcome.problems;
}

/**
 * The problem that a journal is which still names what is released already.
 *
 * @param error why it can't be written
 */
export function notRecorded(error: unknown): Problem {
  const hint = "The next run finds that nothing is left and corrects the journal; " +
    "check whether paths.state_dir is full or read-only";
  const message = `Cannot record that the snapshots are released: ${reasonOf(error)}`;
  return { severity: "warning", message, hint };
}

function leftBehind(error: unknown): Problem {
  const own = error instanceof AppError ? error.hint : undefined;
  return {
    severity: "warning",
    message: `Cannot release the snapshots: ${reasonOf(error)}`,
    hint: own ?? `The next run tries again, as does: ${ownCommand("recover")}`,
  };
}
