/**
 * Builds the mount tree as it was planned.
 *
 * @module
 */
import type { Problem } from "../../problem.ts";
import type { JournalMount } from "../../state/journal.ts";
import type { RunJournal } from "../run_journal.ts";
import type { StagingTools } from "../snapshot_source.ts";
import { pathIn } from "../tree_paths.ts";
import type { Mount, MountPlan } from "./mount_plan.ts";
import { makeTree } from "./mount_points.ts";
import { type MountOutcome, mountTree } from "./mount_tree.ts";
import { besides, rootToSplit, showEntries } from "./split_root.ts";

/** The tree that was built. */
export interface BuiltTree {
  /** Its absolute path. */
  readonly path: string;
  /** What became of each mount. */
  readonly outcomes: readonly MountOutcome[];
  /** What stands for the root directory when it was split. */
  readonly rootEntries: readonly string[] | undefined;
  /** Absolute mount points of live directories that are known to be private mounts. */
  readonly privateBinds: ReadonlySet<string>;
  /** Entries of the root directory that are missing. */
  readonly problems: readonly Problem[];
}

/**
 * Makes the tree and mounts what is planned; when the root directory has to be split, that first.
 *
 * @throws {AppError} when the tree can't be made, or the journal can't be written
 */
export async function mountSources(
  tools: StagingTools,
  journal: RunJournal,
  path: string,
  { mounts }: MountPlan,
): Promise<BuiltTree> {
  const root = rootToSplit(mounts);
  const others = mounts.filter((mount) => mount !== root);
  const intended = others.flatMap((mount) => journalMounts(path, mount));
  if (root === undefined) {
    await journal.intend(() => ({ mounts: intended }));
    await makeTree(tools.files, path);
    return built(path, await mountTree(tools, journal, path, mounts));
  }
  const beside = besides(path);
  await journal.intend(({ trees }) => ({
    trees: [...trees, beside],
    // The first one is what everything else is taken from, and is unmounted last.
    mounts: [{ kind: root.kind, target: beside }, ...intended],
  }));
  await makeTree(tools.files, beside);
  await makeTree(tools.files, path);
  // There is no other place beside the tree.
  const placed: Mount = root.kind === "snapshot" ? { ...root, otherwise: undefined } : root;
  const first = (await mountTree(tools, journal, beside, [placed]))
    .map((outcome) => ({ ...outcome, mount: root }));
  const { shown, mounted, problems } = first.some(({ kind }) => kind === "failed")
    ? { shown: [], mounted: [], problems: [] }
    : await showEntries(tools, journal, path, root.kind === "bind" && root.recursive);
  const outcomes = [...first, ...await mountTree(tools, journal, path, others, mounted)];
  return { ...built(path, outcomes, mounted), rootEntries: shown, problems };
}

function journalMounts(path: string, mount: Mount): readonly JournalMount[] {
  const otherwise = mount.kind === "snapshot" ? mount.otherwise : undefined;
  const places = otherwise === undefined ? [mount.at] : [mount.at, otherwise];
  return places.map((at) => ({ kind: mount.kind, target: pathIn(path, at) }));
}

function built(
  path: string,
  outcomes: readonly MountOutcome[],
  entries: readonly string[] = [],
): BuiltTree {
  const binds = outcomes.flatMap((outcome) =>
    outcome.kind === "mounted" && outcome.mount.kind === "bind" ? [outcome.path] : []
  );
  const privateBinds = new Set([...binds, ...entries.map((name) => pathIn(path, name))]);
  return { path, outcomes, rootEntries: undefined, privateBinds, problems: [] };
}
