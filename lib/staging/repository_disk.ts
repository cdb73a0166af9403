/** Judges the disk that a repository lies on. Pure. @module */
import { dirname } from "node:path";
import { type Problem, warning } from "../problem.ts";
import { isWithin } from "../text/path_parts.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { asPrinted, type MountLine } from "../zfs/mount_table.ts";
import type { OwnRepository } from "./source_selection.ts";

/** A directory that exists. */
export interface DiskPlace {
  /** The path that it is known by. */
  readonly live: string;
  /** The same without symbolic links. */
  readonly real: string;
  readonly dev: number;
}

/** Where disks are mounted that are not always there. */
const FOR_DISKS = ["/mnt", "/media", "/run/media"];

/**
 * Says what is wrong with the disk of a repository.
 *
 * @param chain the repository's directory and all directories above it
 * @param mounts the mount table, as far as it is known
 * @returns a warning; `undefined` when it has a disk of its own, or need not have one
 */
export function diskProblem(
  { label, path, sameDisk }: OwnRepository,
  chain: readonly DiskPlace[],
  sources: readonly DiskPlace[],
  mounts: readonly MountLine[],
): Problem | undefined {
  const [place] = chain;
  if (sameDisk || place === undefined) return undefined;
  const named = `The repository "${label}" at "${path}"`;
  const base = FOR_DISKS.find((directory) => isWithin(place.real, directory));
  // A service has mounts of its own, which show a directory where it is already.
  const around = chain.find(({ real }) => base !== undefined && real === dirname(base));
  if (base !== undefined && around?.dev === place.dev) {
    const message = `${named} is on the file system of "${around.real}": no disk is mounted ` +
      `below "${base}" where it should be`;
    return warning(message, `Mount the disk; ${unlessIntended(label)}`);
  }
  const mount = mountOf(place.real, mounts);
  const shared = sources.find(({ real, dev }) =>
    dev === place.dev || isSameDisk(mount, mountOf(real, mounts))
  );
  if (shared === undefined) return undefined;
  const isPool = mount?.type === "zfs" && shared.dev !== place.dev;
  const message = `${named} lies ${isPool ? "in the pool" : "on the file system"} of the source ` +
    `"${shared.live}": a failure can destroy both`;
  return warning(message, `Keep it on another disk or machine; ${unlessIntended(label)}`);
}

function unlessIntended(label: string): string {
  return `if this is intended, set same_disk = true in [[repositories]] "${label}"`;
}

/** The mount that a path without symbolic links lies in. */
export function mountOf(real: string, mounts: readonly MountLine[]): MountLine | undefined {
  const printed = asPrinted(real);
  let found: MountLine | undefined;
  for (const mount of mounts) {
    const deeper = found === undefined || mount.target.length >= found.target.length;
    if (deeper && isWithin(printed, mount.target)) found = mount;
  }
  return found;
}

/** Datasets of one pool, and parts of one Btrfs, have devices of their own. */
function isSameDisk(one: MountLine | undefined, other: MountLine | undefined): boolean {
  if (one === undefined || other === undefined || one.type !== other.type) return false;
  if (one.type === "zfs") return poolOf(one.source) === poolOf(other.source);
  return one.source.startsWith("/dev/") && one.source === other.source;
}
