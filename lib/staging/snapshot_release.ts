/**
 * Releases a run's snapshots: at the end of the run itself and after a run that died.
 *
 * @module
 */
import type { JournalSnapshot } from "../state/journal.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { settleAll } from "./commands.ts";
import {
  IN_USE,
  keep,
  keepHung,
  SEE_USERS,
  type SnapshotReleaseOutcome,
  type SnapshotReleaseRequest,
  together,
} from "./release_outcome.ts";
import { releaseHolds } from "./snapshot_holds.ts";
import { settleSnapshots } from "./snapshot_settlement.ts";

/**
 * Releases snapshots, pool by pool side by side.
 *
 * @param request what is to be released
 */
export async function releaseAll(
  request: SnapshotReleaseRequest,
): Promise<SnapshotReleaseOutcome> {
  const pools = Map.groupBy(request.journal.snapshots, ({ name }) => poolOf(name));
  const outcomes = await settleAll(
    [...pools].map(([pool, snapshots]) => releasePool(request, pool, snapshots)),
  );
  return together(outcomes);
}

async function releasePool(
  request: SnapshotReleaseRequest,
  pool: string,
  all: readonly JournalSnapshot[],
): Promise<SnapshotReleaseOutcome> {
  if (all.length === 0) return { remaining: [], problems: [] };
  if (request.hung.has(pool)) return keepHung(all, pool);
  const mounted = all.filter(({ name }) => request.mounted.has(name));
  const free = all.filter(({ name }) => !request.mounted.has(name));
  const ready = free.filter(({ name }) => request.deferred.has(name));
  const released = await releaseHolds(request, ready);
  if (request.hung.has(pool)) {
    return together([{ remaining: mounted, problems: [] }, keepHung(free, pool)]);
  }
  const looked = free.filter(({ name }) => !released.busy.has(name));
  return together([
    // Why they are still mounted has been said already.
    { remaining: mounted, problems: [] },
    keep(free.filter(({ name }) => released.busy.has(name)), IN_USE, SEE_USERS),
    // No exit code is trusted: what is not seen to be gone stays in the journal.
    await settleSnapshots(request, pool, looked, released.gone),
  ]);
}
