/**
 * Undoes what a run did to the machine: mounts, directories, holds and snapshots, in this order.
 *
 * @module
 */
import type { JournalRun } from "../state/journal.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import { reasonOf } from "../errors.ts";
import type { Problem } from "../backup/outcome.ts";
import { removeSkeleton } from "./skeleton.ts";
import { releaseAll } from "./snapshot_release.ts";
import type { StagingFiles } from "./system.ts";
import { unmountAll } from "./unmounting.ts";

/** What is to be undone. */
export interface CleanUpRequest {
  /** Runs commands; they must not be stopped with the run. */
  readonly run: RunZfsCommand;
  readonly files: StagingFiles;
  /** Logs a decision. */
  readonly note: (text: string) => void;
  /** The configuration's name. */
  readonly configuration: string;
  readonly journal: JournalRun;
  /** Whether a live directory that is mounted there is known to be a private mount. */
  readonly isPrivate: (target: string) => boolean;
  /** Full names that this very process has held and marked for destruction. */
  readonly deferred: ReadonlySet<string>;
  /** What did not answer. */
  readonly hung: ReadonlySet<string>;
  /** Milliseconds between attempts at what is busy. */
  readonly pauses?: readonly number[];
}

/** What could not be undone. */
export interface CleanUpOutcome {
  /** What stays in the journal for the next time; without trees when nothing is left. */
  readonly journal: JournalRun;
  readonly problems: readonly Problem[];
}

/**
 * Undoes what a run did.
 *
 * @param request what is to be undone
 */
export async function cleanUp(request: CleanUpRequest): Promise<CleanUpOutcome> {
  const { journal } = request;
  const pauses = request.pauses === undefined ? {} : { pauses: request.pauses };
  const mounts = await unmountAll({ ...request, ...pauses });
  const problems = [...mounts.problems];
  // Before the snapshots: when a mount point is removed the kernel drops the copies of its mount that
  // other mount namespaces got in the meantime, and which would keep the snapshot busy.
  const used: string[] = [];
  for (const tree of journal.trees) {
    const isUsed = mounts.remaining.some(({ target }) =>
      target === tree || target.startsWith(`${tree}/`)
    );
    const kept = isUsed ? undefined : await removeTree(request, tree);
    if (kept !== undefined) problems.push(kept.problem);
    if (isUsed || kept?.used === true) used.push(tree);
  }
  const snapshots = await releaseAll({ ...request, ...pauses, mounted: mounts.snapshots });
  // A directory that stays without a mount in it holds something foreign, which the rule about
  // temp_dir then points out; it is no reason to keep the journal.
  const done = mounts.remaining.length === 0 && used.length === 0;
  return {
    journal: {
      ...journal,
      trees: done ? [] : used.length > 0 ? used : journal.trees,
      // All of them, not only those that are left: they say which directories the run made.
      mounts: done ? [] : journal.mounts,
      snapshots: snapshots.remaining,
    },
    problems: [...problems, ...snapshots.problems],
  };
}

interface KeptTree {
  /** Something is mounted in it, or nobody knows. */
  readonly used: boolean;
  readonly problem: Problem;
}

/** Removes a tree; says why that is not possible. */
async function removeTree(
  { files, journal, note }: CleanUpRequest,
  tree: string,
): Promise<KeptTree | undefined> {
  let used = true;
  let reason = "something is mounted in it that the mount table does not show";
  try {
    const left = await removeSkeleton(files, tree, journal.mounts);
    if (left === "nothing") return undefined;
    if (left === "foreign") {
      used = false;
      reason = "it contains something that autoborg did not put there";
    }
  } catch (error) {
    reason = reasonOf(error);
  }
  const message = `Cannot remove the directory "${tree}": ${reason}`;
  note(message);
  return { used, problem: { severity: "warning", message, hint: `Look at it: ls -la "${tree}"` } };
}
