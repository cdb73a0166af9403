/**
 * Checks what was staged against what was asked for.
 *
 * @module
 */
import { join } from "node:path";
import { reasonOf } from "../../errors.ts";
import { failure, type Problem } from "../../problem.ts";
import type { StagedRoot, StagedSources, Staging } from "../staging.ts";
import { look, type StagingFiles } from "../staging_files.ts";
import { inTree, pathIn } from "../tree_paths.ts";
import { type MountPlan, pathsForBorg, type PlannedSource } from "./mount_plan.ts";
import type { BuiltTree } from "./mount_sources.ts";

/** Says which of the sources are there. */
export async function checkSources(
  files: StagingFiles,
  tree: BuiltTree,
  plan: MountPlan,
): Promise<Pick<Staging, "sources" | "roots" | "problems">> {
  const { rootEntries, outcomes } = tree;
  const places: string[] = [];
  const roots: StagedRoot[] = [];
  const problems = outcomes.flatMap((outcome) =>
    outcome.kind === "failed" ? [outcome.problem] : outcome.warnings
  );
  const byMount = new Map(outcomes.map((outcome) => [outcome.mount, outcome]));
  for (const source of plan.sources) {
    const outcome = byMount.get(source.mount);
    if (outcome?.kind !== "mounted") continue;
    const at = source.at === source.mount.at ? outcome.at : source.at;
    const staged = at === "" ? outcome.path : pathIn(tree.path, at);
    const problem = await faultOf(staged, source, files);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    places.push(...(at === "" && rootEntries !== undefined ? rootEntries.toSorted() : [at]));
    // A directory may be the mount point of a dataset that is selected, too.
    if (!roots.some((other) => other.at === at)) roots.push(rootOf(source, at));
  }
  const paths = pathsForBorg(places);
  const sources = paths.length === 0 ? undefined : { root: tree.path, paths };
  return { sources, roots, problems: [...tree.problems, ...problems] };
}

function rootOf({ directory, mount }: PlannedSource, at: string): StagedRoot {
  if (directory !== undefined) return { kind: "directory", path: directory, at };
  return { kind: "dataset", path: mount.kind === "snapshot" ? mount.of.name : mount.source, at };
}

/** Each directory that Borg reads in place. */
export function liveRoots(paths: readonly string[]): readonly StagedRoot[] {
  return paths.map((path) => ({ kind: "directory", path, at: inTree(path) }));
}

/** Directories that Borg reads in place. */
export function liveSources(paths: readonly string[]): StagedSources | undefined {
  if (paths.length === 0) return undefined;
  // A lone "-" would be standard input for Borg.
  const named = pathsForBorg(paths.map(inTree)).map((path) => path === "-" ? "./-" : path);
  return { root: "/", paths: named };
}

/** Whether a directory shows the same as it does live. */
async function faultOf(
  staged: string,
  { directory, mount }: PlannedSource,
  files: StagingFiles,
): Promise<Problem | undefined> {
  if (directory === undefined || mount.kind !== "snapshot") return undefined;
  const fail = (reason: string) =>
    failure(
      `Cannot back up the directory "${directory}" from its snapshot: ${reason}`,
      "Set zfs.snapshot_directories = false to have it read live",
    );
  try {
    const [here, live] = await Promise.all([look(files, staged), look(files, directory)]);
    if (here.ino === live.ino || await shareEntries(files, staged, directory)) return undefined;
    return fail(`the snapshot of "${mount.of.name}" shows something else there`);
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
  for await (const { name } of files.readDir(staged)) {
    if (compared++ === COMPARED) break;
    const [here, there] = await Promise.all([
      look(files, join(staged, name)),
      look(files, join(live, name)).catch(() => undefined),
    ]);
    // Mount points and recreated files differ; one match among them suffices.
    if (there !== undefined && here.ino === there.ino) return true;
  }
  return compared === 0;
}
