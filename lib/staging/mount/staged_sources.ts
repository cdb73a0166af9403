/** Checks what was staged against what was asked for. @module */
import { join } from "node:path";
import { reasonOf } from "../../errors.ts";
import { aboutSources, failure, type Problem } from "../../problem.ts";
import type { StagedRoot, StagedSources, Staging } from "../staging.ts";
import { look, type StagingFiles } from "../staging_files.ts";
import { inTree, isBelow, pathIn } from "../tree_paths.ts";
import { type Mount, type MountPlan, pathsForBorg, type PlannedSource } from "./mount_plan.ts";
import type { BuiltTree } from "./mount_sources.ts";

/** Says which of the sources are there. */
export async function checkSources(
  files: StagingFiles,
  tree: BuiltTree,
  plan: MountPlan,
): Promise<Pick<Staging, "sources" | "roots" | "problems">> {
  const { rootEntries, outcomes } = tree;
  const roots: StagedRoot[] = [];
  const problems = outcomes.flatMap((outcome) => {
    if (outcome.kind === "mounted") return outcome.warnings;
    return [aboutSources(outcome.problem, ...touchedBy(outcome.mount, plan))];
  });
  const byMount = new Map(outcomes.map((outcome) => [outcome.mount, outcome]));
  for (const source of plan.sources) {
    const outcome = byMount.get(source.mount);
    if (outcome?.kind !== "mounted") continue;
    const at = source.at === source.mount.at ? outcome.at : source.at;
    const staged = at === "" ? outcome.path : pathIn(tree.path, at);
    const problem = await faultOf(staged, source, files);
    if (problem !== undefined) {
      problems.push(
        aboutSources(problem, ...source.directory === undefined ? [] : [source.directory]),
      );
      continue;
    }
    const shown = at === "" ? rootEntries?.toSorted() : undefined;
    roots.push(rootOf(source, at, shown));
  }
  return {
    sources: namedSources(tree.path, roots),
    roots,
    problems: [...tree.problems, ...problems],
  };
}

/** The sources that lack files when something is not mounted: those in it, below it and around it. */
function touchedBy({ at }: Mount, plan: MountPlan): readonly string[] {
  return plan.sources.flatMap((source) => {
    const places = [source.at, source.mount.at];
    const isTouched = places.some((place) => {
      return place === at || isBelow(place, at) || isBelow(at, place);
    });
    return isTouched ? [rootOf(source, source.at).path] : [];
  });
}

/**
 * A source of the plan that is staged.
 *
 * @param shown the entries that stand for the root directory
 */
export function rootOf(
  { directory, mount }: PlannedSource,
  at: string,
  shown?: readonly string[],
): StagedRoot {
  const entries = shown === undefined ? {} : { shown };
  if (directory !== undefined) return { kind: "directory", path: directory, at, ...entries };
  const path = mount.kind === "snapshot" ? mount.of.name : mount.source;
  return { kind: "dataset", path, at, ...entries };
}

/** Each directory that Borg reads in place. */
export function liveRoots(paths: readonly string[]): readonly StagedRoot[] {
  return paths.map((path) => ({ kind: "directory", path, at: inTree(path) }));
}

/** What Borg is given; `undefined` when nothing is left. */
export function namedSources(
  root: string,
  roots: readonly StagedRoot[],
): StagedSources | undefined {
  const places = roots.flatMap(({ at, shown }) => shown ?? [at]);
  // A lone "-" would be standard input for Borg.
  const paths = pathsForBorg(places).map((path) => path === "-" ? "./-" : path);
  return paths.length === 0 ? undefined : { root, paths };
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
      "Set zfs.snapshot_directories = false to read it live",
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
async function shareEntries(files: StagingFiles, staged: string, live: string): Promise<boolean> {
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
