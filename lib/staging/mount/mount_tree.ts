/** Mounts everything in its place, level by level, and makes sure that it is there. @module */
import { mapConcurrent } from "../../async/concurrency.ts";
import { reasonOf } from "../../errors.ts";
import { type Problem, warning } from "../../problem.ts";
import { bindMount } from "../../zfs/mounting.ts";
import { reasonFor } from "../../zfs/reasons.ts";
import type { RunJournal } from "../run_journal.ts";
import { type MountFinding, sourceNamed, type StagingTools } from "../snapshot_source.ts";
import { look, type StagingFiles } from "../staging_files.ts";
import { levelsOf, type Mount, whatOf } from "./mount_plan.ts";
import { provideMountPoint } from "./mount_points.ts";

/** Something that is mounted and can be trusted. */
interface Mounted {
  readonly kind: "mounted";
  readonly mount: Mount;
  /** Where it really is, relative to the tree. */
  readonly at: string;
  readonly path: string;
  readonly warnings: readonly Problem[];
}

/** What became of one mount. */
export type MountOutcome =
  | Mounted
  | { readonly kind: "failed"; readonly mount: Mount; readonly problem: Problem };

/**
 * Mounts in a tree. The tree is there already, and the journal knows the mounts.
 *
 * @param mounts in the order in which they have to be mounted
 * @param occupied places in the tree where something is mounted already
 * @returns what became of each; everything that counts as mounted has been verified
 */
export async function mountTree(
  tools: StagingTools,
  journal: RunJournal,
  tree: string,
  mounts: readonly Mount[],
  occupied: readonly string[] = [],
): Promise<readonly MountOutcome[]> {
  const mounted = new Set(occupied);
  const bridges = new Set<string>();
  const provide = async (mount: Mount): Promise<MountOutcome> => {
    const kind = mount.kind === "bind" && await isFile(tools.files, mount.source)
      ? "file"
      : "directory";
    const point = async (at: string) => {
      const there = { path: tree, mounted, bridges };
      const found = await provideMountPoint(tools, journal, there, at, kind);
      if (found.bridge !== undefined) {
        for (const set of [mounted, bridges]) set.add(found.bridge);
      }
      return found;
    };
    const wanted = await point(mount.at);
    if (wanted.kind === "ready") {
      return { kind: "mounted", mount, at: mount.at, path: wanted.path, warnings: [] };
    }
    if (mount.kind === "snapshot" && mount.otherwise !== undefined) {
      const { otherwise: at, of } = mount;
      const other = await point(at);
      if (other.kind === "ready") {
        const moved = warning(
          `The dataset "${of.name}" is archived below "${at}" and not ` +
            `at its mount point: ${wanted.reason}`,
          `Mount the dataset once, so that its mount point exists, or add it to zfs.exclude`,
        );
        return { kind: "mounted", mount, at, path: other.path, warnings: [moved] };
      }
    }
    const message = `Cannot stage ${whatOf(mount)}: there is no mount point, as ${wanted.reason}`;
    return failed(mount, message, "Check whether the directory exists in the parent dataset");
  };
  const all: MountOutcome[] = [];
  for (const level of levelsOf(mounts)) {
    const ready: MountOutcome[] = [];
    // One after the other: two of them may need the same directories.
    for (const mount of level) ready.push(await provide(mount));
    const done = await mapConcurrent(ready, (outcome) => mountOne(tools, outcome));
    for (const outcome of done) if (outcome.kind === "mounted") mounted.add(outcome.at);
    all.push(...done);
  }
  return await verify(tools, tree, all);
}

async function isFile(files: StagingFiles, path: string): Promise<boolean> {
  const info = await look(files, path).catch(() => undefined);
  return info !== undefined && !info.isDirectory;
}

async function mountOne(tools: StagingTools, outcome: MountOutcome): Promise<MountOutcome> {
  if (outcome.kind === "failed") return outcome;
  const { mount, path } = outcome;
  const action = `Cannot mount ${whatOf(mount)}`;
  if (mount.kind === "snapshot") {
    const why = await sourceNamed(tools.sources, mount.of.source).mount(tools, mount.of, path);
    return why === undefined ? outcome : failed(mount, `${action}: ${why.reason}`, why.hint);
  }
  const result = await bindMount(tools.run, mount.source, path, mount.recursive);
  if (result.succeeded) return outcome;
  const { reason, hint } = reasonFor(result, "", [path, mount.source]);
  return failed(mount, `${action}: ${reason}`, hint, mount.nested ? "warning" : "error");
}

/** Trusts no exit code: what is read as a backup must be what it is taken for. */
async function verify(
  tools: StagingTools,
  tree: string,
  all: readonly MountOutcome[],
): Promise<readonly MountOutcome[]> {
  const findings = new Map<Mount, MountFinding>();
  for (const source of tools.sources) {
    const own = all.flatMap((outcome) =>
      outcome.kind === "mounted" && outcome.mount.kind === "snapshot" &&
        outcome.mount.of.source === source.name
        ? [{ mount: outcome.mount, of: outcome.mount.of, at: outcome.at, path: outcome.path }]
        : []
    );
    if (own.length === 0) continue;
    const found = await source.inspect(tools, own);
    for (const [index, { mount }] of own.entries()) {
      findings.set(mount, found[index] ?? { fault: "nothing is known about it", warnings: [] });
    }
  }
  return await mapConcurrent(all, async (outcome): Promise<MountOutcome> => {
    if (outcome.kind === "failed") return outcome;
    const { mount, path } = outcome;
    const { fault, warnings } = findings.get(mount) ??
      { fault: await faultOfBind(tools.files, mount, path), warnings: [] };
    if (fault === undefined) return { ...outcome, warnings: [...outcome.warnings, ...warnings] };
    return failed(mount, `Cannot trust the mount of ${whatOf(mount)}: ${fault}`, seeMounts(tree));
  });
}

async function faultOfBind(
  files: StagingFiles,
  mount: Mount,
  path: string,
): Promise<string | undefined> {
  if (mount.kind !== "bind") return undefined;
  try {
    const same = await isSame(files, mount.source, path);
    return same ? undefined : `it is not "${mount.source}" that is there`;
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * Whether two paths show the same file or directory.
 *
 * @throws {Error} when one of them is not there, or does not answer
 */
export async function isSame(files: StagingFiles, one: string, other: string): Promise<boolean> {
  const [here, there] = await Promise.all([look(files, one), look(files, other)]);
  return here.dev === there.dev && here.ino === there.ino;
}

/** How to find out what else is mounted in a tree. */
export function seeMounts(tree: string): string {
  return `Find out what else mounts or unmounts below "${tree}": findmnt -R "${tree}"`;
}

function failed(
  mount: Mount,
  message: string,
  hint: string,
  severity: Problem["severity"] = "error",
): MountOutcome {
  return { kind: "failed", mount, problem: { severity, message, hint } };
}
