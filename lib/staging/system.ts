/**
 * What staging needs of the machine: programs, files, the journal, and what makes snapshots. All of
 * it comes in from the outside, so that every command, every look at a directory and every write can
 * fail, hang or lie in a test.
 *
 * @module
 */
import { makePrivateDirectory, type PrivateDirectory } from "../files/private_directory.ts";
import { runProgram, type StartProgram } from "../process/program.ts";
import { fileJournals, type JournalStore } from "../state/journal.ts";
import type { SnapshotSource } from "./snapshot_source.ts";
import type { StagingFiles } from "./staging_files.ts";
import { zfsSnapshots } from "./zfs/zfs_snapshots.ts";
import { type StartCommand, startWith } from "./zfs_runner.ts";

/** Each is asked in turn for the directories that those before it do not cover. */
export const SNAPSHOT_SOURCES: readonly SnapshotSource[] = [zfsSnapshots];

/** The machine as staging sees it. */
export interface StagingSystem {
  readonly start: StartCommand;
  readonly files: StagingFiles;
  readonly journals: JournalStore;
  readonly sources: readonly SnapshotSource[];
  /**
   * Makes `temp_dir` if it is missing.
   *
   * @throws {AppError} when it can't be made, or others could reach into it
   */
  makeTempDir(tempDir: string): Promise<void>;
}

/** What `temp_dir` must be: mounts are made below it as root, so it must lead nowhere else. */
export function tempDirectory(tempDir: string): PrivateDirectory {
  return { path: tempDir, key: "paths.temp_dir", mode: 0o700, link: "refused" };
}

/** The real machine. */
export function realSystem(stateDir: string, start: StartProgram = runProgram): StagingSystem {
  return {
    start: startWith(start),
    files: Deno,
    journals: fileJournals(stateDir),
    sources: SNAPSHOT_SOURCES,
    makeTempDir: (tempDir) => Promise.try(() => makePrivateDirectory(tempDirectory(tempDir))),
  };
}
