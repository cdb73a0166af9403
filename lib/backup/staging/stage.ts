/**
 * Makes the sources of a run ready to be read: one tree at one moment for all repositories.
 *
 * @module
 */
import type { Emit } from "../events.ts";
import type { SnapshotHooks } from "../hooks.ts";
import type { Problem } from "../outcome.ts";
import type { Staging } from "../staged_sources.ts";
import { commandRunner } from "./commands.ts";
import { lookAtAll, stageLive } from "./live_directories.ts";
import { stageOnZfs } from "./stage_on_zfs.ts";
import { surveyDirectories } from "./survey.ts";

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
  /** Milliseconds for each command of ZFS or of mounting; two minutes when left out. */
  readonly timeLimit?: number;
  /** Milliseconds between attempts at what is busy. */
  readonly pauses?: readonly number[];
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
  const { paths, problems } = await lookAtAll(request.directories);
  const run = commandRunner({ ...request, scope: { step: "snapshot" } });
  const survey = await surveyDirectories(run, request, paths);
  const known = [...problems, ...survey.problems];
  if (request.zfs.datasets.length === 0 && survey.onZfs.length === 0) {
    return stageLive(paths, [...known, ...await runHooks(request)]);
  }
  const staging = await stageOnZfs(request, run, survey);
  return { ...staging, problems: [...known, ...staging.problems] };
}

/** Also without a snapshot: what `before-snapshot` exports is among the directories. */
async function runHooks(request: StageRequest): Promise<readonly Problem[]> {
  try {
    await request.hooks.before(request.signal);
  } catch (error) {
    await request.hooks.after();
    throw error;
  }
  return await request.hooks.after();
}
