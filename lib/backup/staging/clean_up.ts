/**
 * Undoes what a run did to the machine: mounts, directories, holds and snapshots, in this order.
 *
 * @module
 */
import type { JournalRun } from "../../state/journal.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { reasonOf } from "../../errors.ts";
import type { Problem } from "../outcome.ts";
import { removeSkeleton } from "./skeleton.ts";
import { releaseAll } from "./snapshot_release.ts";
import { unmountAll } from "./unmounting.ts";

/** What is to be undone. */
export interface CleanUpRequest {
  /** Runs commands; they must not be stopped with the run. */
  readonly run: RunZfsCommand;
  /** Logs a decision. */
  readonly note: (text: string) => void;
  /** The configuration's name. */
  readonly configuration: string;
  readonly journal: JournalRun;
  /** The run died; this is another process. */
  readonly died: boolean;
  /** Full names that this very process has held and marked for destruction. */
  readonly deferred: ReadonlySet<string>;
  /** Pools that did not answer. */
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
  // Before the snapshots: when a mount point is removed the kernel drops the copies of its mount that
  // other mount namespaces got in the meantime, and which would keep the snapshot busy.
  const trees: string[] = [];
  for (const tree of journal.trees) {
    const used = mounts.remaining.some(({ target }) =>
      target === tree || target.startsWith(`${tree}/`)
    );
    if (used || !await isRemoved(tree, journal, request.note)) trees.push(tree);
  }
  const snapshots = await releaseAll({ ...request, ...pauses, mounted: mounts.snapshots });
  // A directory that stays without a mount in it holds something foreign, which the rule about
  // temp_dir then points out; it is no reason to keep the journal.
  const done = mounts.remaining.length === 0;
  return {
    journal: {
      ...journal,
      trees: done ? [] : trees,
      mounts: done ? [] : mounts.remaining,
      snapshots: snapshots.remaining,
    },
    problems: [...mounts.problems, ...snapshots.problems],
  };
}

async function isRemoved(
  tree: string,
  journal: JournalRun,
  note: (text: string) => void,
): Promise<boolean> {
  const files = journal.mounts.filter(({ kind }) => kind === "bind").map(({ target }) => target);
  try {
    return await removeSkeleton(tree, new Set(files));
  } catch (error) {
    note(`Cannot remove the directory "${tree}": ${reasonOf(error)}`);
    return false;
  }
}
