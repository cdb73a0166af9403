/**
 * Makes the sources of a run ready to be read: one tree at one moment for all repositories.
 *
 * @module
 */
import type { Emit } from "../backup/events.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import type { SnapshotHooks } from "../backup/hooks.ts";
import type { Staging } from "./staging.ts";
import { commandRunner } from "./commands.ts";
import { stageLive } from "./live_directories.ts";
import { lookForMissing, lookOver } from "./look_over.ts";
import type { SourceWishes } from "./source_wishes.ts";
import { stageOnZfs } from "./stage_on_zfs.ts";
import { realSystem, type StagingSystem } from "./system.ts";

/** What shall be staged, and for whom. */
export interface StageRequest extends SourceWishes {
  /** The configuration's name. */
  readonly name: string;
  /** Eight lowercase hexadecimal digits. */
  readonly runId: string;
  readonly startedAt: Date;
  readonly hostname: string;
  readonly state_dir: string;
  /** Stops the staging; what is held by then is let go of. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is to be done right before and right after the snapshots. */
  readonly hooks: SnapshotHooks;
  /** Milliseconds for each command of ZFS or of mounting; two minutes when left out. */
  readonly timeLimit?: number;
  /** Milliseconds between attempts at what is busy. */
  readonly pauses?: readonly number[];
  /** The machine; the real one when left out. */
  readonly system?: StagingSystem;
}

/**
 * Makes the sources ready. Without any ZFS nothing is mounted and no privilege is needed.
 *
 * The sources are looked over before `before-snapshot`, so that what it locks is locked as shortly as
 * can be. Only directories that were missing are looked for again: it may have made them.
 *
 * @param request what shall be staged
 * @returns the sources; it must be released
 * @throws {AppError} when `before-snapshot` failed
 * @throws {StagingStopped} when the run is being stopped; everything is released by then
 */
export async function stageSources(request: StageRequest): Promise<Staging> {
  const { name, startedAt, runId, hooks, signal } = request;
  signal.throwIfAborted();
  const system = request.system ?? realSystem(request.state_dir);
  const { start, files } = system;
  const hung = new Set<string>();
  const run = commandRunner({ ...request, scope: { step: "snapshot" }, start, hung });
  const label = snapshotLabel(name, startedAt, runId);
  const before = await lookOver(run, request, label, files);
  try {
    await hooks.before(signal);
    const seen = await lookForMissing(run, request, label, before, files);
    const staging = seen.pools.length === 0
      ? stageLive(seen.paths, [])
      : await stageOnZfs({ request, system, run, hung, label }, seen);
    const problems = [...seen.missing, ...seen.survey.problems, ...staging.problems];
    return { ...staging, problems: [...problems, ...await hooks.after()] };
  } finally {
    // It runs once: with ZFS it already has, right after the snapshots.
    await hooks.after();
  }
}
