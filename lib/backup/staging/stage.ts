/**
 * Makes the sources of a run ready to be read: one tree at one moment for all repositories.
 *
 * @module
 */
import type { Emit } from "../events.ts";
import type { SnapshotHooks } from "../hooks.ts";
import type { Staging } from "../staged_sources.ts";
import { stageLiveDirectories } from "./live_directories.ts";

/** Which datasets are wanted; the part `[zfs]` of the configuration. */
export interface DatasetWishes {
  /** Names of datasets. */
  readonly datasets: readonly string[];
  /** With everything below them. */
  readonly recursive: boolean;
  /** Names and globs of datasets that are left out. */
  readonly exclude: readonly string[];
  /** Directories that lie on ZFS are read from a snapshot of their dataset. */
  readonly snapshot_directories: boolean;
}

/** What shall be staged, and for whom. */
export interface StageRequest {
  /** The configuration's name. */
  readonly name: string;
  /** Eight lowercase hexadecimal digits. */
  readonly runId: string;
  readonly startedAt: Date;
  readonly hostname: string;
  /** Live directories, absolute and normalised. */
  readonly directories: readonly string[];
  /** Borg gets `--one-file-system`: what is mounted below a directory is not asked for. */
  readonly one_file_system: boolean;
  readonly zfs: DatasetWishes;
  readonly temp_dir: string;
  readonly state_dir: string;
  /** Stops the staging; what is held by then is let go of. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is to be done right before and right after the snapshots. */
  readonly hooks: SnapshotHooks;
}

/**
 * Makes the sources ready. Without any ZFS nothing is mounted and no privilege is needed.
 *
 * @param request what shall be staged
 * @returns the sources; it must be released
 * @throws {AppError} when `before-snapshot` failed or the journal can't be written
 * @throws the signal's reason when the run is being stopped; everything is let go of by then
 */
export async function stageSources(request: StageRequest): Promise<Staging> {
  request.signal.throwIfAborted();
  const staging = await stageLiveDirectories(request.directories);
  return staging;
}
