/** What staging is asked for, and what it gives back. @module */
import { AppError, hintOf, reasonOf } from "../errors.ts";
import type { AbsentSource, Problem } from "../problem.ts";
import type { ServiceJournal } from "../state/journal.ts";
import type { OwnRepository, SourceSelection } from "./source_selection.ts";
import type { StagingSystem } from "./system.ts";
import type { StagingEvent } from "./zfs_runner.ts";

/** What is done around the snapshots. */
export interface SnapshotHooks {
  /**
   * Right before the snapshots.
   *
   * @throws {AppError} when the hook failed, or either of the two may not be run
   */
  before(signal: AbortSignal): Promise<void>;
  /** Right after the snapshots, also when they or `before` failed, or the run is being stopped. */
  after(): Promise<readonly Problem[]>;
}

/** Services that are stopped for as long as the snapshots are taken. */
interface SnapshotServices {
  /** Whether they may be stopped until the sources are released, when there is no snapshot. */
  readonly allowLongPause: boolean;
  /**
   * Stops them.
   *
   * @returns why no snapshot may be taken, if that is so
   * @throws the signal's reason when the run is being stopped
   */
  stop(journal: ServiceJournal, signal: AbortSignal): Promise<AppError | undefined>;
  /** Starts again what was stopped, once; never throws. What went wrong is known there. */
  start(): Promise<void>;
}

/** For which configuration something is staged or cleaned up, and on what machine. */
export interface StagingContext {
  readonly name: string;
  readonly hostname: string;
  readonly stateDir: string;
  readonly signal: AbortSignal;
  readonly emit: (event: StagingEvent) => void;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds for each command of ZFS or of mounting; two minutes when left out. */
  readonly timeLimit?: number;
  /** Milliseconds between attempts at what is busy; half a minute in all when left out. */
  readonly pauses?: readonly number[];
  /** The machine; the real one when left out. */
  readonly system?: StagingSystem;
}

/** What shall be staged, and for whom. */
export interface StageRequest extends StagingContext, SourceSelection {
  /** Eight lowercase hexadecimal digits. */
  readonly runId: string;
  readonly startedAt: Date;
  readonly hooks: SnapshotHooks;
  /** None when left out. */
  readonly services?: SnapshotServices;
  /** All repositories of the configuration that lie on this machine. */
  readonly ownRepositories?: readonly OwnRepository[];
}

/** What Borg shall read. */
export interface StagedSources {
  /**
   * Borg's working directory. Borg 1.2 has no `/./`, so the paths are named relative to it and the
   * archive holds `srv/data` as if it had been read live.
   */
  readonly root: string;
  /**
   * The sources, relative to `root`, without a leading slash; never empty. One that lies in another
   * one comes first: Borg does not enter a directory that it has read as a source.
   */
  readonly paths: readonly string[];
  /** Repositories of the configuration among them, relative to `root`: they are not archived. */
  readonly repositories?: readonly string[];
  /** Sources among them that this repository does not get, relative to `root`. */
  readonly leftOut?: readonly string[];
}

/** One source, as far as it is staged. */
export interface StagedRoot {
  readonly kind: "directory" | "dataset";
  /** As the configuration has it: the path of a directory, the name of a dataset. */
  readonly path: string;
  /** Where it is in the tree and in the archive; the root directory is the empty string. */
  readonly at: string;
  /** The entries that Borg is given in place of the root directory. */
  readonly shown?: readonly string[];
}

/** A file system that is mounted below a source. */
export interface MountBelow {
  /** The path of the directory that it lies below. */
  readonly source: string;
  readonly mountPoint: string;
  readonly type: string;
}

/** What is mounted below the sources, and is archived with them. */
export interface MountsBelow {
  /** What is there every night, as far as the mount table tells. */
  readonly lasting: readonly MountBelow[];
  /** All mount points of the machine, whatever is mounted there. */
  readonly targets: ReadonlySet<string>;
}

/** Sources that are held in place (snapshots, mounts) until they are released. */
export interface Staging {
  /** What can be backed up; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  /**
   * Each of them for itself, also those that lie below another one, and a directory beside the dataset
   * that is mounted at it.
   */
  readonly roots: readonly StagedRoot[];
  /** What `sources.one_file_system` keeps out of the archive; empty when it is not set. */
  readonly passedOver: readonly MountBelow[];
  /** `undefined` when the mount table can't be read. */
  readonly mounts: MountsBelow | undefined;
  /** Sources that are missing or not covered. An error means: the archive will lack something. */
  readonly problems: readonly Problem[];
  /** Optional sources that are not there: no problem, but to be said. */
  readonly absent: readonly AbsentSource[];
  /**
   * Unmounts, releases and destroys what is held. Safe to call again; never throws.
   *
   * @returns what could not be released; it is left to the next run
   */
  release(): Promise<readonly Problem[]>;
}

/** The run is being stopped in the middle of its staging. */
export class StagingStopped extends Error {
  override readonly name = "StagingStopped";

  /**
   * @param reason the reason of the signal that stopped it
   * @param problems what could not be released; the next run tries again
   */
  constructor(reason: unknown, readonly problems: readonly Problem[]) {
    super(reasonOf(reason), { cause: reason });
  }
}

/** Nothing may be backed up, because services that must be quiet are not. */
export class StagingRefused extends AppError {
  override readonly name = "StagingRefused";

  constructor(reason: AppError, readonly problems: readonly Problem[] = []) {
    super(reason.message, { ...hintOf(reason), cause: reason });
  }
}
