/**
 * Looks over all sources: which directories are there, where they lie, and what of ZFS is wanted.
 *
 * @module
 */
import type { RunZfsCommand } from "../zfs/command.ts";
import type { Problem } from "../backup/outcome.ts";
import { lookAtAll } from "./live_directories.ts";
import { type PoolSelection, selectPools } from "./select_pools.ts";
import type { SourceWishes } from "./source_wishes.ts";
import type { StagingFiles } from "./system.ts";
import { type Survey, surveyDirectories } from "./survey.ts";

/** The sources as they are. */
export interface SeenSources {
  /** Directories that are there. */
  readonly paths: readonly string[];
  /** A problem for each of the other directories. */
  readonly missing: readonly Problem[];
  /** Where those that are there lie. */
  readonly survey: Survey;
  /** What is to be snapshotted; no pool when no dataset is wanted and no directory lies on ZFS. */
  readonly pools: readonly PoolSelection[];
}

/**
 * Looks over the sources. `mount` is started when there are directories, `zfs list` for each pool.
 *
 * @param run runs the commands
 * @param wishes the sources
 * @param label the part of the snapshots' names behind the `@`
 * @param files the file system
 */
export async function lookOver(
  run: RunZfsCommand,
  wishes: SourceWishes,
  label: string,
  files: StagingFiles = Deno,
): Promise<SeenSources> {
  const { paths, problems: missing } = await lookAtAll(wishes.directories, files);
  const survey = await surveyDirectories(run, wishes, paths, files);
  const request = { zfs: wishes.zfs, directories: survey.onZfs, label };
  return { paths, missing, survey, pools: await selectPools(run, request) };
}

/**
 * Looks over the sources once more when a directory has come that was missing. What was there is not
 * looked at again for nothing: something may be locked meanwhile.
 *
 * @param run runs the commands
 * @param wishes the sources
 * @param label the part of the snapshots' names behind the `@`
 * @param seen what was there before
 * @param files the file system
 */
export async function lookForMissing(
  run: RunZfsCommand,
  wishes: SourceWishes,
  label: string,
  seen: SeenSources,
  files: StagingFiles = Deno,
): Promise<SeenSources> {
  if (seen.missing.length === 0) return seen;
  const missing = wishes.directories.filter((directory) => !seen.paths.includes(directory));
  const { paths } = await lookAtAll(missing, files);
  return paths.length === 0 ? seen : await lookOver(run, wishes, label, files);
}
