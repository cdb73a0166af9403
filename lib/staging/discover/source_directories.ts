/**
 * Looks whether the source directories are there.
 *
 * @module
 */
import { inTime } from "../../async/time_limit.ts";
import { reasonOf } from "../../errors.ts";
import type { Problem } from "../../problem.ts";
import { PATIENCE, type StagingFiles } from "../staging_files.ts";

/** Those that are there, and a problem for each of the others. */
export interface SourceDirectories {
  readonly paths: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Looks at all source directories.
 *
 * @param directories absolute and normalised
 * @param files the file system
 */
export async function findDirectories(
  directories: readonly string[],
  files: StagingFiles,
): Promise<SourceDirectories> {
  const unique = [...new Set(directories)];
  const faults = await Promise.all(unique.map((path) => faultOf(path, files)));
  return {
    paths: unique.filter((_, index) => faults[index] === undefined),
    problems: faults.flatMap((problem) => problem ?? []),
  };
}

/** Why a source directory can't be read. */
async function faultOf(path: string, files: StagingFiles): Promise<Problem | undefined> {
  try {
    const info = await inTime(files.lstat(path), PATIENCE);
    if (!info.isSymlink) return undefined;
    const target = await inTime(files.realPath(path), PATIENCE);
    return {
      severity: "error",
      message:
        `Cannot back up "${path}": it is a symbolic link, and the archive would hold the link alone`,
      hint: `Name the directory itself in sources.directories: "${target}"`,
    };
  } catch (error) {
    return {
      severity: "error",
      message: `Cannot back up "${path}": ${reasonOf(error)}`,
      hint: `Create it, mount it, or take it out of sources.directories`,
    };
  }
}
