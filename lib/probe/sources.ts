/**
 * Checks everything that a run would read, directories and datasets, as a run does, but without a
 * snapshot.
 *
 * @module
 */
import { inTime } from "../async/deadline.ts";
import type { Problem } from "../backup/outcome.ts";
import { ownRepositories } from "../backup/plan.ts";
import { reasonOf } from "../errors.ts";
import { type DiscoveredSources, discoverSources } from "../staging/discover/discover_sources.ts";
import { expectedPlaces } from "../staging/expected_places.ts";
import { describeBelow, locateRepositories } from "../staging/own_repositories.ts";
import { poolsOf, type SelectedSources, selectSources } from "../staging/select/select_sources.ts";
import { isEmpty } from "../staging/staging_files.ts";
import { SNAPSHOT_SOURCES } from "../staging/system.ts";
import { startWith, zfsRunner } from "../staging/zfs_runner.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import type { ProbeContext } from "./probe_context.ts";
import { datasetFindings, excludeFindings } from "./datasets.ts";
import { failed, type Finding, ok, type Subject, subject, warning } from "./finding.ts";
import { probeZfs } from "./programs.ts";
import { searchSources } from "./source_search.ts";

/** How long a directory may take to be listed, in milliseconds. */
const TIME_LIMIT = 20_000;
/** How long the sources may be searched, in milliseconds: half a million files take about that. */
const SEARCH_TIME = 10_000;

/**
 * Checks ZFS, the datasets and the source directories.
 *
 * @throws the signal's reason when it aborts
 */
export async function probeSources(context: ProbeContext): Promise<readonly Finding[]> {
  const { config, inherited, signal, limits } = context;
  const run = zfsRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment: inherited.PATH === undefined ? {} : { PATH: inherited.PATH },
    signal,
    start: startWith(context.start),
    timeLimit: limits.command,
  });
  const { zfs, sources: { directories, optional, oneFileSystem }, paths: { tempDir } } = config;
  const label = snapshotLabel(config.name, context.now, "00000000");
  const discovered = await discoverSources(
    { run, files: Deno, sources: SNAPSHOT_SOURCES },
    { directories, optional, oneFileSystem, zfs, tempDir, label },
  );
  const selected = selectSources(discovered);
  const pools = poolsOf(discovered);
  const places = expectedPlaces(discovered, oneFileSystem);
  const own = await locateRepositories({ run, files: Deno }, ownRepositories(config), places);
  const search = searchSources({
    places,
    complete: isWhole(discovered),
    selection: config.sources,
    own: config.repositories.flatMap(({ label, exclude }) =>
      exclude.map((pattern) => ({ pattern, key: `exclude of [[repositories]] "${label}"` }))
    ),
    skip: new Set(own.below.flatMap(({ live }) => live)),
    signal,
    timeLimit: limits.search ?? SEARCH_TIME,
  });
  return [
    ...[...own.disks].map(([label, { message, hint }]) =>
      warning(subject("repository", label), message, hint)
    ),
    await probeZfs(run, pools.length > 0),
    ...datasetFindings(zfs, pools),
    ...excludeFindings(zfs, pools),
    ...own.below.map((below) =>
      ok(subject("exclude", below.repository.path), describeBelow(below))
    ),
    ...await search,
    ...await Promise.all(
      [...new Set([...directories, ...optional])].map((path) =>
        directoryFinding(path, discovered, selected)
      ),
    ),
  ];
}

/** Whether all sources can be searched: a pattern may be for what is not there now. */
function isWhole(discovered: DiscoveredSources): boolean {
  const { missing, absent, snapshots } = discovered;
  const pools = poolsOf(discovered);
  return missing.length + absent.length === 0 &&
    [...snapshots, ...pools].every(({ problems }) => problems.length === 0) &&
    pools.every(({ selected }) => selected.every(({ mounted }) => mounted));
}

/** Says how a directory would be read, and what prevents it. */
async function directoryFinding(
  path: string,
  { missing, absent, snapshots }: DiscoveredSources,
  { onSnapshots, failures }: SelectedSources,
): Promise<Finding> {
  const about = subject("directory", path);
  const away = absent.find((source) => source.path === path);
  if (away !== undefined) return ok(about, `optional and absent: ${away.reason}`);
  const isAboutIt = ({ message }: Problem) => message.includes(`"${path}"`);
  const problem = missing.find(isAboutIt);
  if (problem !== undefined) return failed(about, problem.message, problem.hint);
  const unreadable = await checkReadable(about, path);
  if (unreadable !== undefined) return unreadable;
  const dataset = onSnapshots.find((directory) => directory.path === path)?.dataset;
  if (dataset !== undefined) {
    const failure = failures.get(dataset);
    if (failure === undefined) return ok(about, `on ZFS, read from a snapshot of ${dataset}`);
    return warning(
      about,
      `read live: there would be no snapshot of its dataset "${dataset}": ` +
        failure.message,
      failure.hint,
    );
  }
  const doubt = snapshots.flatMap(({ problems }) => problems).find(isAboutIt);
  return doubt === undefined ? ok(about, "can be read") : warning(about, doubt.message, doubt.hint);
}

/** What is wrong with a directory that exists. */
async function checkReadable(about: Subject, path: string): Promise<Finding | undefined> {
  try {
    const { isFile, isDirectory, isSymlink } = await inTime(Deno.lstat(path), TIME_LIMIT);
    if (isFile) {
      (await inTime(Deno.open(path, { read: true }), TIME_LIMIT)).close();
      return undefined;
    }
    if (!isDirectory && !isSymlink) {
      return warning(about, "it is neither a directory nor a file", "Check that this is intended");
    }
    if (!await inTime(isEmpty(Deno, path), TIME_LIMIT)) return undefined;
    return warning(
      about,
      "it is empty",
      "Check whether something should be mounted there; if it may be absent, move it to " +
        "sources.optional",
    );
  } catch (error) {
    return failed(
      about,
      `Cannot read "${path}": ${reasonOf(error)}`,
      "autoborg usually runs as root, so that it can read everything",
    );
  }
}
