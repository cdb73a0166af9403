/**
 * Where snapshots come from: one implementation for each kind of file system that has any. All the
 * rest (journal, mount tree, unmounting, messages) is the same for all of them.
 *
 * @module
 */
import type { Problem } from "../problem.ts";
import type { JournalSnapshot } from "../state/journal.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import type { MountLine } from "../zfs/mount_table.ts";
import type { Reason } from "../zfs/reasons.ts";
import type { RunJournal } from "./run_journal.ts";
import type { SourceSelection } from "./source_selection.ts";
import type { StagingFiles } from "./staging_files.ts";

/** Whose snapshots they are. */
export interface SnapshotOwner {
  readonly configuration: string;
  readonly runId: string;
}

/** What every step of staging works with. */
export interface StagingTools {
  readonly run: RunZfsCommand;
  readonly files: StagingFiles;
  readonly note: (text: string) => void;
  readonly owner: SnapshotOwner;
  /** Milliseconds between attempts at what is busy. */
  readonly pauses: readonly number[];
  readonly sources: readonly SnapshotSource[];
}

/** What sources are looked for with. */
export type DiscoveryTools = Pick<StagingTools, "run" | "files" | "sources">;

/** Which sources are looked for. */
export interface DiscoveryRequest extends SourceSelection {
  /** What the names of all snapshots of the run end with. */
  readonly label: string;
}

/** What gets a snapshot of its own: a dataset of ZFS, a logical volume. */
export interface SnapshotTarget {
  /** The name of its {@linkcode SnapshotSource}. */
  readonly source: string;
  /** No other target has this name. */
  readonly name: string;
  /** The full name that its snapshot gets. */
  readonly snapshot: string;
  /** Where it is mounted, or would be; `undefined`: it has no such place. */
  readonly mountpoint: string | undefined;
  readonly mounted: boolean;
  /** It reserves space, so that a snapshot may need space that is not there. */
  readonly reserved?: boolean;
  /** It is never mounted, so that its files are out of their owner's sight. */
  readonly hidden?: boolean;
}

/** A directory that can be read from a snapshot. */
export interface SnapshotDirectory {
  readonly path: string;
  /** The name of the target that it lies on. */
  readonly dataset: string;
  readonly mountpoint: string;
  /** Targets that are mounted below the directory, and are archived with it. */
  readonly nestedDatasets: readonly { readonly dataset: string; readonly mountpoint: string }[];
  /** Other file systems that are mounted below it, the outermost ones. */
  readonly nestedMounts: readonly string[];
}

/** What is snapshotted in one step. */
export interface PoolSelection {
  readonly pool: string;
  /** All that there is in the pool; `undefined` when it could not be listed. */
  readonly listed: readonly { readonly name: string }[] | undefined;
  readonly selected: readonly SnapshotTarget[];
  /** All that get a snapshot: these, and those that directories lie on. */
  readonly snapshotted: readonly SnapshotTarget[];
  readonly problems: readonly Problem[];
  /** Why targets that only directories lie on get no snapshot, by their names. */
  readonly failures: ReadonlyMap<string, Problem>;
}

/** What a source of snapshots covers. */
export interface SnapshotDiscovery {
  readonly directories: readonly SnapshotDirectory[];
  readonly pools: readonly PoolSelection[];
  readonly problems: readonly Problem[];
}

/** What became of new snapshots. */
export interface SecuredSnapshots {
  /** Why some can't be used, by the name of the target. */
  readonly failures: ReadonlyMap<string, Problem>;
  /** Full names of those that go by themselves when they are released. */
  readonly marked: readonly string[];
}

/** A snapshot that is mounted. */
export interface MountedSnapshot {
  readonly of: SnapshotTarget;
  readonly at: string;
  readonly path: string;
}

/** What is to be said about a mounted snapshot. */
export interface MountFinding {
  /** Why it can't be trusted, as the end of a sentence. */
  readonly fault?: string;
  readonly warnings: readonly Problem[];
}

/** Snapshots of one run that are to be released. */
export interface SnapshotRelease {
  readonly snapshots: readonly JournalSnapshot[];
  /** Full names of those among them that this very process has marked. */
  readonly marked: ReadonlySet<string>;
  /** Full names of those that are still mounted: why has been said already. */
  readonly mounted: ReadonlySet<string>;
}

/** What is left of them. */
export interface SnapshotLeftovers {
  /** What has to be tried again by the next run. */
  readonly remaining: readonly JournalSnapshot[];
  readonly problems: readonly Problem[];
}

/** The steps of a staging that only start commands of the source's own. */
export type RehearsedStep = "take" | "secure" | "inspect" | "release";

/** A kind of file system with snapshots. What fails is a result; only a stop of the run is thrown. */
export interface SnapshotSource {
  /** Such as `zfs`: in the journal, and the directory in the archive for what has no mount point. */
  readonly name: string;
  /** Finds which of the directories it covers, and what is to be snapshotted. Changes nothing. */
  discover(
    tools: DiscoveryTools,
    request: DiscoveryRequest,
    paths: readonly string[],
  ): Promise<SnapshotDiscovery>;
  /**
   * Takes the snapshots of one pool at one moment; their names are in the journal by then.
   *
   * @returns why there are none of some, by the names of the targets
   */
  take(
    tools: StagingTools,
    targets: readonly SnapshotTarget[],
  ): Promise<ReadonlyMap<string, Problem>>;
  /** Makes sure that they are there and stay; all that can wait until `after-snapshot` has run. */
  secure(
    tools: StagingTools,
    targets: readonly SnapshotTarget[],
    journal: RunJournal,
  ): Promise<SecuredSnapshots>;
  mount(
    tools: Pick<StagingTools, "run" | "owner">,
    target: SnapshotTarget,
    path: string,
  ): Promise<Reason | undefined>;
  /**
   * Looks whether what is mounted is what it is taken for: no exit code is trusted.
   *
   * @returns what was found, in the order of the mounts
   */
  inspect(
    tools: StagingTools,
    mounts: readonly MountedSnapshot[],
  ): Promise<readonly MountFinding[]>;
  /** The full name of the snapshot that a line of the mount table shows, if it shows one. */
  shownIn(line: MountLine): string | undefined;
  /** Releases snapshots of this run or of a dead one, and nothing that only looks like one. */
  release(tools: StagingTools, request: SnapshotRelease): Promise<SnapshotLeftovers>;
  /** Starts the commands of a step in which all goes well; they are only written down. */
  rehearse(
    tools: Pick<StagingTools, "run" | "owner">,
    step: RehearsedStep,
    targets: readonly SnapshotTarget[],
  ): Promise<void>;
}

/** The source of a snapshot. */
export function sourceNamed(sources: readonly SnapshotSource[], name: string): SnapshotSource {
  const found = sources.find((source) => source.name === name);
  if (found === undefined) throw new TypeError(`There is no source of snapshots "${name}"`);
  return found;
}
