/**
 * Finds out what there is of the sources: which directories are there, and what can be snapshotted.
 *
 * @module
 */
import { inTime } from "../../async/deadline.ts";
import { reasonOf } from "../../errors.ts";
import { aboutSources, type AbsentSource, failure, type Problem } from "../../problem.ts";
import type { DiscoveryRequest, DiscoveryTools, SnapshotDiscovery } from "../snapshot_source.ts";
import { isEmpty, look, type StagingFiles, TIMEOUT } from "../staging_files.ts";
import { innermostFirst, inTree } from "../tree_paths.ts";

/** The sources as they are. */
export interface DiscoveredSources {
  readonly paths: readonly string[];
  /** A problem for each directory that can't be read. */
  readonly missing: readonly Problem[];
  /** Optional directories that are not there. */
  readonly absent: readonly AbsentSource[];
  /** What each source of snapshots covers. */
  readonly snapshots: readonly SnapshotDiscovery[];
}

/**
 * Discovers the sources. `mount` is started when there are directories, `zfs list` for each pool.
 */
export async function discoverSources(
  tools: DiscoveryTools,
  request: DiscoveryRequest,
): Promise<DiscoveredSources> {
  const { paths, missing, absent } = await findDirectories(request, tools.files);
  const snapshots: SnapshotDiscovery[] = [];
  let left = paths;
  for (const source of tools.sources) {
    const found = await source.discover(tools, request, left);
    left = left.filter((path) => !found.directories.some((covered) => covered.path === path));
    snapshots.push(found);
  }
  return { paths, missing, absent, snapshots };
}

/**
 * Discovers the sources once more when a directory has come that was not there. What was there is not
 * looked at again for nothing: `before-snapshot` may have locked something.
 */
export async function discoverMissing(
  tools: DiscoveryTools,
  request: DiscoveryRequest,
  known: DiscoveredSources,
): Promise<DiscoveredSources> {
  if (known.missing.length + known.absent.length === 0) return known;
  const isUnknown = (directory: string) => !known.paths.includes(directory);
  const directories = request.directories.filter(isUnknown);
  const optional = request.optional.filter(isUnknown);
  const { paths } = await findDirectories({ directories, optional }, tools.files);
  return paths.length === 0 ? known : await discoverSources(tools, request);
}

/** Looks which source directories are there. */
async function findDirectories(
  { directories, optional }: Pick<DiscoveryRequest, "directories" | "optional">,
  files: StagingFiles,
): Promise<Pick<DiscoveredSources, "paths" | "missing" | "absent">> {
  const mayBeAbsent = new Set(optional);
  const unique = [...new Set([...directories, ...optional])];
  const absent = (await Promise.all(optional.map((path) => absenceOf(path, files))))
    .flatMap((source) => source ?? []);
  const left = unique.filter((path) => !absent.some((source) => source.path === path));
  const faults = await Promise.all(
    left.map((path) => faultOf(path, files, mayBeAbsent.has(path) ? "optional" : "directories")),
  );
  return {
    paths: await ordered(left.filter((_, index) => faults[index] === undefined), files),
    missing: faults.flatMap((problem, index) =>
      problem === undefined ? [] : aboutSources(problem, left[index] ?? "")
    ),
    absent,
  };
}

/**
 * One that lies in another one by way of a symbolic link comes first, as `pathsForBorg()` says; of two
 * names for one directory the first is left, as Borg reads it once.
 */
async function ordered(paths: readonly string[], files: StagingFiles): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(async (path) => {
    const real = await inTime(files.realPath(path), TIMEOUT).catch(() => path);
    const info = await look(files, real).catch(() => undefined);
    const inode = info?.isDirectory === true && info.ino !== null
      ? `${info.dev}:${info.ino}`
      : path;
    return { path, place: inTree(real), inode };
  }));
  const unique = new Map(found.toReversed().map((one) => [one.inode, one]));
  const left = found.filter((one) => unique.get(one.inode) === one);
  return innermostFirst(left, ({ place }) => place).map(({ path }) => path);
}

/**
 * Whether an optional source is absent: it does not exist, it is an empty directory (the mount point
 * of a disk that is not mounted), or an automount finds no device. Whatever else keeps it from being
 * read is no absence.
 */
async function absenceOf(path: string, files: StagingFiles): Promise<AbsentSource | undefined> {
  try {
    const { isDirectory } = await look(files, path, TIMEOUT);
    if (!isDirectory || !await inTime(isEmpty(files, path), TIMEOUT)) return undefined;
    return { path, reason: "it is empty" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { path, reason: reasonOf(error) };
    // What an automount answers when the disk is not plugged in.
    if (NO_DEVICE.test(reasonOf(error))) return { path, reason: "its device is missing" };
    return undefined;
  }
}

const NO_DEVICE = /\(os error 19\)/;

function nothingFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Creating the target is not enough: a link is no source. */
async function danglingLink(
  path: string,
  files: StagingFiles,
  list: "directories" | "optional",
): Promise<Problem> {
  const target = await inTime(files.readLink(path), TIMEOUT);
  return failure(
    `Cannot back up "${path}": it is a symbolic link to "${target}", and its target is missing`,
    `Create or mount the target, and name it in sources.${list} instead of the link`,
  );
}

/** Why a source directory can't be read. */
async function faultOf(
  path: string,
  files: StagingFiles,
  list: "directories" | "optional",
): Promise<Problem | undefined> {
  try {
    const info = await look(files, path);
    if (!info.isSymlink) return undefined;
    const target = await inTime(files.realPath(path), TIMEOUT).catch(nothingFound);
    if (target === undefined) return await danglingLink(path, files, list);
    return failure(
      `Cannot back up "${path}": it is a symbolic link, and the archive would contain only the ` +
        `link`,
      `Name the directory itself in sources.${list}: "${target}"`,
    );
  } catch (error) {
    const hint = list === "optional"
      ? "Only what is missing or empty counts as absent: check it, or drop it from sources.optional"
      : "Create it, mount it, or drop it from sources.directories; what may be absent " +
        "belongs in sources.optional";
    return failure(`Cannot back up "${path}": ${reasonOf(error)}`, hint);
  }
}
