/**
 * Looks at the source directories.
 *
 * @module
 */
import type { Problem } from "../backup/outcome.ts";
import { inTime } from "../async/deadline.ts";
import type { SnapshotDirectory } from "../staging/snapshot_source.ts";
import { reasonOf } from "../errors.ts";
import { failed, type Finding, ok, type Subject, subject, warning } from "./finding.ts";

/** How long a directory may take to be listed, in milliseconds. */
const TIME_LIMIT = 20_000;

/** What is known of the directories. */
interface DirectoriesSeen {
  /** All that are configured. */
  readonly directories: readonly string[];
  /** Why some can't be backed up. */
  readonly problems: readonly Problem[];
  /** Those that can be read from a snapshot. */
  readonly onSnapshots: readonly SnapshotDirectory[];
  /** What is doubtful about others. */
  readonly doubts: readonly Problem[];
  /** Why datasets get no snapshot, by their names. */
  readonly snapshots: ReadonlyMap<string, Problem>;
}

/** Says how each directory would be read, and what stands in the way. */
export async function directoryFindings(seen: DirectoriesSeen): Promise<readonly Finding[]> {
  return await Promise.all(seen.directories.map((path) => directoryFinding(path, seen)));
}

async function directoryFinding(path: string, seen: DirectoriesSeen): Promise<Finding> {
  const about = subject("directory", path);
  const names = ({ message }: Problem) => message.includes(`"${path}"`);
  const problem = seen.problems.find(names);
  if (problem !== undefined) return failed(about, problem.message, problem.hint);
  const unreadable = await lookInto(about, path);
  if (unreadable !== undefined) return unreadable;
  const onZfs = seen.onSnapshots.find((directory) => directory.path === path);
  if (onZfs !== undefined) {
    const obstacle = seen.snapshots.get(onZfs.dataset);
    if (obstacle === undefined) {
      return ok(about, `on ZFS, read from a snapshot of ${onZfs.dataset}`);
    }
    return warning(
      about,
      `read while it changes: there would be no snapshot of its dataset "${onZfs.dataset}": ` +
        obstacle.message,
      obstacle.hint,
    );
  }
  const doubt = seen.doubts.find(names);
  return doubt === undefined ? ok(about, "can be read") : warning(about, doubt.message, doubt.hint);
}

/** What is wrong with a directory that is there. */
async function lookInto(about: Subject, path: string): Promise<Finding | undefined> {
  try {
    const { isFile, isDirectory, isSymlink } = await inTime(Deno.lstat(path), TIME_LIMIT);
    if (isFile) {
      (await inTime(Deno.open(path, { read: true }), TIME_LIMIT)).close();
      return undefined;
    }
    if (!isDirectory && !isSymlink) {
      return warning(about, "it is neither a directory nor a file", "Is this what is meant?");
    }
    if (!await inTime(isEmpty(path), TIME_LIMIT)) return undefined;
    return warning(
      about,
      "it is empty",
      "Is something to be mounted there? Otherwise take it out of sources.directories",
    );
  } catch (error) {
    return failed(
      about,
      `Cannot read "${path}": ${reasonOf(error)}`,
      "autoborg usually runs as root, so that it can read everything",
    );
  }
}

async function isEmpty(path: string): Promise<boolean> {
  for await (const _entry of Deno.readDir(path)) return false;
  return true;
}
