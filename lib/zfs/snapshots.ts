/**
 * The life of our snapshots: made in one step, held, marked for destruction while they are still
 * needed, and gone as soon as the hold is released.
 *
 * With this order a clean-up never destroys anything at once, no other program can take a
 * snapshot away in mid-run, and a hold or a clone of the administrator's keeps it alive.
 *
 * @module
 */
import { type RunZfsCommand, type ZfsCommandResult, zfsOn } from "./command.ts";
import { datasetOf, holdTag, OWNER_PROPERTY, parseOwnSnapshot, poolOf } from "./dataset_names.ts";
import { withoutNames } from "./reasons.ts";

/**
 * Makes snapshots of datasets of ONE pool in one transaction group (two pools in a command fail with a
 * misleading message). They carry the owner property from birth.
 *
 * @returns what became of the command; when it failed there are none of them
 */
export async function makeSnapshots(
  run: RunZfsCommand,
  names: readonly string[],
  runId: string,
): Promise<ZfsCommandResult> {
  return await zfsOn(run, names, "snapshot", "-o", `${OWNER_PROPERTY}=${runId}`);
}

/** Holds snapshots with the run's tag, so that nobody can destroy them. */
export async function holdSnapshots(
  run: RunZfsCommand,
  names: readonly string[],
  runId: string,
): Promise<ZfsCommandResult> {
  return await zfsOn(run, names, "hold", holdTag(runId));
}

/**
 * Releases the run's holds; a snapshot that is marked for destruction and held by nobody else is
 * gone with it. One that is busy or gone does not keep the others from being released.
 */
export async function releaseSnapshots(
  run: RunZfsCommand,
  names: readonly string[],
  runId: string,
): Promise<ZfsCommandResult> {
  return await zfsOn(run, names, "release", holdTag(runId));
}

/** Which snapshots a `zfs release` did not find. */
export function notFound(stderr: string, names: readonly string[]): readonly string[] {
  const lines = stderr.split("\n").filter((line) => withoutNames(line).includes("does not exist"));
  return names.filter((name) => lines.some(naming(name)));
}

/** Which snapshots a `zfs release` left held; one that does not exist any more is not. */
export function stillHeld(stderr: string, names: readonly string[]): readonly string[] {
  const busy = new Set<string>();
  for (const line of stderr.split("\n")) {
    const [, name, reason] = /^cannot release hold from snapshot '(.+)': (.*)$/.exec(line) ?? [];
    if (name === undefined || reason === undefined) continue;
    if (!/does not exist|no such tag/.test(reason)) busy.add(name);
  }
  return names.filter((name) => busy.has(name));
}

/** A snapshot that is known to be ours. */
interface OwnSnapshot {
  /** Its full name. */
  readonly name: string;
  /** The configuration's name that must be in it. */
  readonly configuration: string;
  /** The run's id that must be in it. */
  readonly runId: string;
}

/**
 * Marks ONE of our snapshots for destruction: it goes with its last hold. Must be done before it is
 * mounted: afterwards ZFS refuses with "it's being held".
 *
 * @param snapshot which; its name is checked here, right before the command
 * @throws {Error} when the name does not have the exact form of this run's snapshots
 */
export async function deferDestroy(
  run: RunZfsCommand,
  snapshot: OwnSnapshot,
): Promise<ZfsCommandResult> {
  const parts = parseOwnSnapshot(snapshot.name);
  if (parts?.name !== snapshot.configuration || parts.runId !== snapshot.runId) {
    throw new Error(`Refusing to destroy "${snapshot.name}": it is not a snapshot of this run`);
  }
  const pool = poolOf(snapshot.name);
  return await run({ program: "zfs", args: ["destroy", "-d", snapshot.name], pool });
}

/** The full names of the snapshots that a failed `zfs snapshot` named as its cause. */
export function failedSnapshots(stderr: string, names: readonly string[]): readonly string[] {
  const named = new Set<string>();
  for (const line of stderr.split("\n")) {
    const [, name] = /^cannot (?:create snapshot|open) '(.+?)':/.exec(line) ?? [];
    if (name !== undefined) named.add(name);
  }
  return names.filter((name) => named.has(name) || named.has(datasetOf(name)));
}

/** The lines in which a failed command named a snapshot, by its full name, or its dataset. */
export function linesAbout(stderr: string, name: string): string {
  return stderr.split("\n").filter(naming(name)).join("\n");
}

function naming(name: string): (line: string) => boolean {
  const dataset = datasetOf(name);
  return (line) => line.includes(`'${name}'`) || line.includes(`'${dataset}'`);
}
