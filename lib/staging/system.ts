/**
 * What staging needs of the machine: programs, files and the journal. All of it comes in from the
 * outside, so that every command, every look at a directory and every write can fail, hang or lie in a
 * test.
 *
 * @module
 */
import { makePrivateDirectory, type PrivateDirectory } from "../files/private_directory.ts";
import { fileJournals, type JournalStore } from "../state/journal_store.ts";
import type { ZfsCommand, ZfsCommandResult } from "../zfs/command.ts";
import { type CommandContext, startProgram } from "./commands.ts";

/** The calls of the file system that staging makes. */
export type StagingFiles = Pick<
  typeof Deno,
  "lstat" | "mkdir" | "readDir" | "readLink" | "realPath" | "remove" | "symlink" | "writeFile"
>;

/** Starts one command and waits for its end; it throws nothing but what a program can't cause. */
export type StartCommand = (
  command: ZfsCommand,
  context: CommandContext,
) => Promise<ZfsCommandResult>;

/** The machine as staging sees it. */
export interface StagingSystem {
  readonly start: StartCommand;
  readonly files: StagingFiles;
  readonly journals: JournalStore;
  /**
   * Makes `temp_dir` if it is missing.
   *
   * @throws {AppError} when it can't be made, or others could reach into it
   */
  makeTempDir(temp_dir: string): Promise<void>;
}

/**
 * What `temp_dir` must be: mounts are made below it as root, so it must lead nowhere else.
 *
 * @param temp_dir the directory
 */
export function tempDirectory(temp_dir: string): PrivateDirectory {
  return { path: temp_dir, key: "paths.temp_dir", mode: 0o700, link: "refused" };
}

/**
 * The real machine.
 *
 * @param state_dir where the journals are
 */
export function realSystem(state_dir: string): StagingSystem {
  return {
    start: startProgram,
    files: Deno,
    journals: fileJournals(state_dir),
    makeTempDir: (temp_dir) => Promise.try(() => makePrivateDirectory(tempDirectory(temp_dir))),
  };
}
