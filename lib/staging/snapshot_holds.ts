/**
 * Releases the holds of a run, again and again while a snapshot is busy.
 *
 * @module
 */
import type { JournalSnapshot } from "../state/journal.ts";
import { BUSY_PAUSES } from "../zfs/mounting.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { releaseSnapshots, stillHeld } from "../zfs/snapshots.ts";
import type { SnapshotReleaseRequest } from "./release_outcome.ts";

/** What became of holds that were released. */
export interface ReleasedHolds {
  /** Full names of those that are still in use. */
  readonly busy: ReadonlySet<string>;
  /** Full names of those that should be gone now. */
  readonly gone: ReadonlySet<string>;
}

/**
 * Releases our hold on snapshots that are marked for destruction, and again after a while on those
 * that are busy.
 *
 * @param request what is to be released
 * @param snapshots of one pool
 */
export async function releaseHolds(
  request: SnapshotReleaseRequest,
  snapshots: readonly JournalSnapshot[],
): Promise<ReleasedHolds> {
  const gone = new Set<string>();
  let names = snapshots.map(({ name }) => name);
  for (const pause of [0, ...request.pauses ?? BUSY_PAUSES]) {
    if (names.length === 0) break;
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const result = await releaseSnapshots(request.run, names, request.journal.runId);
    const held = result.succeeded ? [] : stillHeld(result.stderr, names);
    if (!result.succeeded && held.length === 0) {
      // Not there, or something else: whoever looks at them next finds out.
      return { busy: new Set(), gone };
    }
    const named = new Set(result.stderr.match(/'[^']+'/g) ?? []);
    const free = names.filter((name) => !held.includes(name));
    for (const name of free) if (!named.has(`'${name}'`)) gone.add(name);
    request.note(`Released ${free.length} snapshots of the pool "${poolOf(names[0] ?? "")}"`);
    names = [...held];
  }
  return { busy: new Set(names), gone };
}
