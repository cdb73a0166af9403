/**
 * The sources of a run as every repository sees them: one tree, the same for all of them.
 *
 * @module
 */
import type { Problem } from "../backup/outcome.ts";

/** What Borg shall read. */
export interface StagedSources {
  /**
   * Borg's working directory. Borg 1.2 has no `/./`, so the paths are named relative to it and the
   * archive holds `srv/data` as if it had been read live.
   */
  readonly root: string;
  /** The sources, relative to `root`, without a leading slash; never empty. */
  readonly paths: readonly string[];
}

/** Sources that are held in place (snapshots, mounts) until they are released. */
export interface Staging {
  /** What can be backed up; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  /** Sources that are missing or not covered. An error means: the archive will lack something. */
  readonly problems: readonly Problem[];
  /**
   * Lets go of what is held: unmounts, releases, destroys. Safe to call again.
   *
   * @returns what could not be let go of; it is left to the next run
   */
  release(): Promise<readonly Problem[]>;
}
