/**
 * The sources as they are configured.
 *
 * @module
 */

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

/** Which sources are wanted. */
export interface SourceWishes {
  /** Live directories, absolute and normalised. */
  readonly directories: readonly string[];
  /** Borg gets `--one-file-system`: what is mounted below a directory is not asked for. */
  readonly one_file_system: boolean;
  readonly zfs: DatasetWishes;
  readonly temp_dir: string;
}
