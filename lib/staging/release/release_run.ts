/**
 * Undoes what a run did to the machine: mounts, directories, holds and snapshots, in this order. At
 * the end of the run itself and after one that died it is the same.
 *
 * @module
 */
import { settleAll } from "../../async/concurrency.ts";
import { reasonOf } from "../../errors.ts";
import { type Problem, warning } from "../../problem.ts";
import type { JournalRun } from "../../state/journal.ts";
import { ownCommand } from "../../text/own_command.ts";
import type { SnapshotLeftovers, StagingTools } from "../snapshot_source.ts";
import { removeMountPoints } from "./mount_cleanup.ts";
import { unmountAll } from "./unmounting.ts";

/** What this very process knows of a run; whatever it does not know is looked up. */
export interface RunKnowledge {
  /** Full names of snapshots that go by themselves when they are released. */
  readonly marked?: ReadonlySet<string>;
  /** Absolute mount points of live directories that are known to be private mounts. */
  readonly privateBinds?: ReadonlySet<string>;
}

interface ReleaseOutcome {
  /** What stays in the journal for the next time; without trees when nothing is left. */
  readonly run: JournalRun;
  readonly problems: readonly Problem[];
}

/**
 * Undoes what a run did.
 *
 * @param tools with what; `run` must not be stopped with the run
 */
export async function releaseRun(
  tools: StagingTools,
  run: JournalRun,
  { marked = new Set(), privateBinds = new Set() }: RunKnowledge = {},
): Promise<ReleaseOutcome> {
  const mounts = await unmountAll(tools, run, privateBinds);
  const problems = [...mounts.problems];
  // Before the snapshots: when a mount point is removed the kernel drops the copies of its mount that
  // other mount namespaces got in the meantime, and which would keep the snapshot busy.
  const used: string[] = [];
  for (const tree of run.trees) {
    const isUsed = mounts.remaining.some(({ target }) =>
      target === tree || target.startsWith(`${tree}/`)
    );
    const kept = isUsed ? undefined : await removeTree(tools, run, tree);
    if (kept !== undefined) problems.push(kept.problem);
    if (isUsed || kept?.used === true) used.push(tree);
  }
  const snapshots = await releaseSnapshots(tools, run, marked, mounts.snapshots);
  // A directory that stays without a mount in it holds something foreign, which the rule about
  // temp_dir then points out; it is no reason to keep the journal.
  const done = mounts.remaining.length === 0 && used.length === 0;
  return {
    run: {
      ...run,
      trees: done ? [] : used.length > 0 ? used : run.trees,
      // All of them, not only those that are left: they say which directories the run made.
      mounts: done ? [] : run.mounts,
      snapshots: snapshots.flatMap(({ remaining }) => remaining),
    },
    problems: [...problems, ...snapshots.flatMap((one) => one.problems)],
  };
}

async function releaseSnapshots(
  tools: StagingTools,
  run: JournalRun,
  marked: ReadonlySet<string>,
  mounted: ReadonlySet<string>,
): Promise<readonly SnapshotLeftovers[]> {
  const bySource = Map.groupBy(run.snapshots, ({ source }) => source);
  return await settleAll([...bySource].map(async ([name, snapshots]) => {
    const source = tools.sources.find((one) => one.name === name);
    if (source !== undefined) return await source.release(tools, { snapshots, marked, mounted });
    const message = `Cannot release ${snapshots.length} snapshots: this version of autoborg ` +
      `cannot handle snapshots of the kind "${name}"`;
    const hint = `Clean up with the version that made them: ${ownCommand("recover")}`;
    return { remaining: snapshots, problems: [warning(message, hint)] };
  }));
}

interface KeptTree {
  /** Something is mounted in it, or nobody knows. */
  readonly used: boolean;
  readonly problem: Problem;
}

/** Removes a tree; says why that is not possible. */
async function removeTree(
  { files, note }: StagingTools,
  { mounts }: JournalRun,
  tree: string,
): Promise<KeptTree | undefined> {
  let used = true;
  let reason = "something is mounted in it that the mount table does not show";
  try {
    const left = await removeMountPoints(files, tree, mounts);
    if (left === "nothing") return undefined;
    if (left === "foreign") {
      used = false;
      reason = "it contains something that autoborg did not create";
    }
  } catch (error) {
    reason = reasonOf(error);
  }
  const message = `Cannot remove the directory "${tree}": ${reason}`;
  note(message);
  return { used, problem: warning(message, `Inspect it: ls -la "${tree}"`) };
}

/** The problem that a journal is which still names what is released already. */
export function notRecorded(error: unknown): Problem {
  const hint = "The next run finds that nothing is left and corrects the journal; " +
    "check whether paths.state_dir is full or read-only";
  const message = `Cannot record that the snapshots are released: ${reasonOf(error)}`;
  return warning(message, hint);
}
