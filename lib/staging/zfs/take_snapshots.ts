/** Takes snapshots of datasets and makes sure that they stay. @module */
import { mapConcurrent } from "../../async/concurrency.ts";
import { failure, type Problem } from "../../problem.ts";
import { isHung, type ZfsCommandResult } from "../../zfs/command.ts";
import { poolOf } from "../../zfs/dataset_names.ts";
import { reasonFor, reasonInText, withoutNames } from "../../zfs/reasons.ts";
import { lookUpSnapshots, type SnapshotLookup } from "../../zfs/snapshot_facts.ts";
import {
  deferDestroy,
  failedSnapshots,
  holdSnapshots,
  linesAbout,
  makeSnapshots,
} from "../../zfs/snapshots.ts";
import type { RunJournal } from "../run_journal.ts";
import type { SecuredSnapshots, SnapshotTarget, StagingTools } from "../snapshot_source.ts";
import { counted } from "../../text/units.ts";

/** How often the snapshot is tried again without those that were in its way. */
const ATTEMPTS = 3;

/**
 * Takes the snapshots of one pool. One dataset that can't be snapshotted makes the whole command
 * fail; then it is taken out and the command is tried again.
 *
 * @returns why some have no snapshot, by the names of the datasets
 */
export async function takeSnapshots(
  { run, owner }: StagingTools,
  targets: readonly SnapshotTarget[],
): Promise<ReadonlyMap<string, Problem>> {
  const failures = new Map<string, Problem>();
  let left = targets;
  for (let attempt = 1; left.length > 0; attempt++) {
    const result = await makeSnapshots(run, left.map(({ snapshot }) => snapshot), owner.runId);
    if (result.succeeded) break;
    const unclear = result.end.kind !== "exited" && result.end.kind !== "not-started";
    const spoilers = unclear || attempt === ATTEMPTS ? left : failedDatasets(left, result);
    for (const { name, snapshot } of spoilers) {
      const said = linesAbout(result.stderr, snapshot);
      const known = said === "" ? undefined : reasonInText(said, name);
      const { reason, hint } = known ?? reasonFor(result, name);
      const message = `Cannot snapshot the dataset "${name}": ${reason}`;
      failures.set(name, failure(message, hint));
    }
    // They stay in the journal: the release looks whether the command told the truth.
    left = left.filter((target) => !spoilers.includes(target));
  }
  return failures;
}

function failedDatasets(
  targets: readonly SnapshotTarget[],
  result: ZfsCommandResult,
): readonly SnapshotTarget[] {
  const named = new Set(failedSnapshots(result.stderr, targets.map(({ snapshot }) => snapshot)));
  const found = targets.filter(({ snapshot }) => named.has(snapshot));
  if (found.length > 0) return found;
  // "Out of space" names nobody. A reservation makes a snapshot need space of its own.
  const reserving = targets.filter(({ reserved }) => reserved === true);
  const spaceless = /out of space/.test(withoutNames(result.stderr));
  return spaceless && reserving.length > 0 ? reserving : targets;
}

/** Holds one pool's snapshots, writes down their guids and marks them for destruction. */
export async function secureSnapshots(
  { run, owner, note }: StagingTools,
  targets: readonly SnapshotTarget[],
  journal: RunJournal,
): Promise<SecuredSnapshots> {
  const names = targets.map(({ snapshot }) => snapshot);
  const hold = await holdSnapshots(run, names, owner.runId);
  const lookup = await lookUpSnapshots(run, names);
  const { facts } = lookup;
  await journal.record(({ snapshots }) => ({
    snapshots: snapshots.map((entry) => {
      const fact = facts.get(entry.name);
      return fact?.owner === owner.runId ? { ...entry, guid: fact.guid } : entry;
    }),
  }));
  const steps = new Set([...facts.values()].map(({ createtxg }) => createtxg));
  const pool = poolOf(names[0] ?? "");
  note(
    `Pool "${pool}": ${counted(facts.size, "snapshot", "snapshots")}, made in ${
      counted(steps.size, "step", "steps")
    }`,
  );
  const notHeld = new Set(hold.succeeded ? [] : unheld(hold, names));
  const failures = new Map<string, Problem>();
  const marked: string[] = [];
  await mapConcurrent(targets, async (target) => {
    const { name, snapshot } = target;
    const doubt = notHeld.has(snapshot)
      ? failedCommand(`Cannot hold the snapshot "${snapshot}"`, target, hold)
      : verifyNew(target, lookup, owner.runId);
    if (doubt !== undefined) return void failures.set(name, doubt);
    const mark = await deferDestroy(run, { name: snapshot, ...owner });
    // Without the mark it is as good to be read; the release will look at it once more.
    if (mark.succeeded) marked.push(snapshot);
    const action = `Cannot mark the snapshot "${snapshot}" for destruction`;
    if (isHung(mark)) failures.set(name, failedCommand(action, target, mark));
  });
  return { failures, marked };
}

function failedCommand(
  action: string,
  { name }: SnapshotTarget,
  result: ZfsCommandResult,
): Problem {
  const { reason, hint } = reasonFor(result, name);
  return failure(`${action}: ${reason}`, hint);
}

/** Whether ZFS knows the snapshot as the commands before have said; no exit code is trusted. */
function verifyNew(
  target: SnapshotTarget,
  { facts, result }: SnapshotLookup,
  runId: string,
): Problem | undefined {
  const fact = facts.get(target.snapshot);
  const hint = `Check "zfs list -t snapshot ${target.name}" and the log of this run`;
  if (fact?.owner !== runId) {
    const action = `Cannot find the snapshot "${target.snapshot}" that was just made`;
    if (!result.succeeded) return failedCommand(action, target, result);
    return failure(`${action}: "zfs get" does not show it as ours`, hint);
  }
  if (fact.holds > 0) return undefined;
  const message =
    `Cannot hold the snapshot "${target.snapshot}": "zfs hold" succeeded, but it is not held`;
  return failure(message, hint);
}

/** Which snapshots are not held after a `zfs hold` that failed. */
function unheld(result: ZfsCommandResult, names: readonly string[]): readonly string[] {
  const named = names.filter((name) => result.stderr.includes(`'${name}'`));
  return named.length > 0 ? named : names;
}
