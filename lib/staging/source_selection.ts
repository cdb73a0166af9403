/** The sources as they are configured. @module */

/** Which datasets are backed up; the part `[zfs]` of the configuration. */
export interface DatasetSelection {
  readonly datasets: readonly string[];
  readonly recursive: boolean;
  /** Names and globs of datasets that are skipped. */
  readonly exclude: readonly string[];
  /** Directories that lie on ZFS are read from a snapshot of their dataset. */
  readonly snapshotDirectories: boolean;
}

/** Which sources are backed up. */
export interface SourceSelection {
  readonly directories: readonly string[];
  /** Directories that may be absent; what is in both lists may be. */
  readonly optional: readonly string[];
  /** Borg gets `--one-file-system`: what is mounted below a directory is not backed up. */
  readonly oneFileSystem: boolean;
  readonly zfs: DatasetSelection;
  readonly tempDir: string;
}

/** A repository of the configuration that lies on this machine. */
export interface OwnRepository {
  readonly label: string;
  /** Absolute. */
  readonly path: string;
  /** Its disk is not judged: it may be that of the sources, or the run leaves it alone. */
  readonly sameDisk: boolean;
  /** Whether a source goes to it: the path of a directory or the name of a dataset; unset: all do. */
  readonly gets?: (source: string) => boolean;
}
