/**
 * Checks what was staged against what was asked for.
 *
 * @module
 */
import { join } from "node:path";
import { reasonOf } from "../errors.ts";
import type { Dataset } from "../zfs/dataset_list.ts";
import type { Problem } from "../backup/outcome.ts";
import type { Mount, Places, Source } from "./places.ts";
import { inTime } from "./live_directories.ts";
import type { StagingFiles } from "./system.ts";
import type { Mounted } from "./tree.ts";

/** What can be archived. */
export interface StagedPlaces {
  /** Relative to the tree. */
  readonly places: readonly string[];
  readonly problems: readonly Problem[];
}

/** How long a look at a directory may take, in milliseconds. */
const PATIENCE = 30_000;

/** What was built. */
export interface BuiltTree {
  /** The tree's absolute path. */
  readonly tree: string;
  /** What stands for the root directory when it was split. */
  readonly rootEntries: readonly string[] | undefined;
  readonly files: StagingFiles;
  /** What became of each mount. */
  readonly mounted: readonly Mounted[];
  /** Datasets with a snapshot. */
  readonly datasets: ReadonlyMap<string, Dataset>;
}

/**
 * Says which of the sources are there.
 *
 * @param built what was built
 * @param plan the plan of the tree
 */
export async function stagedSources(built: BuiltTree, plan: Places): Promise<StagedPlaces> {
  const { tree, rootEntries, mounted, files } = built;
  const byMount = new Map(mounted.map((entry) => [entry.mount, entry]));
  const places: string[] = [];
  const problems: Problem[] = [];
  for (const entry of mounted) {
    if (entry.kind === "failed") problems.push(entry.problem);
    else if (entry.warning !== undefined) problems.push(entry.warning);
  }
  for (const source of plan.sources) {
    const entry = byMount.get(source.mount);
    if (entry === undefined || entry.kind === "failed") continue;
    const at = source.at === source.mount.at ? entry.at : source.at;
    const problem = await faultOf(at === "" ? entry.target : join(tree, at), source, files);
    if (problem !== undefined) problems.push(problem);
    else places.push(...(at === "" && rootEntries !== undefined ? rootEntries : [at]));
  }
  for (const entry of mounted) problems.push(...await hiddenData(files, entry, built.datasets));
  return { places, problems };
}

/** Whether a directory shows the same as it does live. */
async function faultOf(
  staged: string,
  source: Source,
  files: StagingFiles,
): Promise<Problem | undefined> {
  if (source.directory === undefined || source.mount.kind !== "snapshot") return undefined;
  const fail = (reason: string): Problem => ({
    severity: "error",
    message: `Cannot back up ${source.what} from its snapshot: ${reason}`,
    hint: "Set zfs.snapshot_directories = false to have it read live",
  });
  try {
    const [here, live] = await Promise.all([
      inTime(files.lstat(staged), PATIENCE),
      inTime(files.lstat(source.directory), PATIENCE),
    ]);
    if (here.ino === live.ino || await shareEntries(files, staged, source.directory)) {
      return undefined;
    }
    return fail(`the snapshot of "${source.mount.dataset}" shows something else there`);
  } catch (error) {
    return fail(reasonOf(error));
  }
}

/** How many entries of a directory are compared. */
const COMPARED = 100;

/**
 * The root of a mounted snapshot has a number of its own, so entries are compared: a file has the
 * same number in the file system and in each of its snapshots.
 */
async function shareEntries(
  files: StagingFiles,
  staged: string,
  live: string,
): Promise<boolean> {
  let compared = 0;
  for await (const entry of files.readDir(staged)) {
    if (compared++ === COMPARED) break;
    const [here, there] = await Promise.all([
      inTime(files.lstat(join(staged, entry.name)), PATIENCE),
      inTime(files.lstat(join(live, entry.name)), PATIENCE).catch(() => undefined),
    ]);
    // Mount points and recreated files differ; one match among them suffices.
    if (there !== undefined && here.ino === there.ino) return true;
  }
  return compared === 0;
}

/** Data in a dataset that is never mounted is out of its owner's sight. */
async function hiddenData(
  files: StagingFiles,
  entry: Mounted,
  datasets: ReadonlyMap<string, Dataset>,
): Promise<readonly Problem[]> {
  if (entry.kind === "failed" || !isNeverMounted(entry.mount, datasets)) return [];
  for await (const _file of files.readDir(entry.target)) {
    return [{
      severity: "warning",
      message: `The dataset "${datasetOf(entry.mount)}" has canmount=off and holds files, which ` +
        `nobody sees; they are archived below "${entry.at}"`,
      hint: `Look at them after "zfs set canmount=noauto" and "zfs mount", or add the dataset to ` +
        `zfs.exclude`,
    }];
  }
  return [];
}

function isNeverMounted(mount: Mount, datasets: ReadonlyMap<string, Dataset>): boolean {
  return mount.kind === "snapshot" && datasets.get(mount.dataset)?.canmount === "off";
}

function datasetOf(mount: Mount): string {
  return mount.kind === "snapshot" ? mount.dataset : mount.source;
}
