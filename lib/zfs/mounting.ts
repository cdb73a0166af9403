/** Mounting and unmounting. @module */
import type { RunZfsCommand, ZfsCommandResult } from "./command.ts";
import { poolOf } from "./dataset_names.ts";

/** Nothing that is mounted for a backup can be written, run or used as a device. */
const HARMLESS = "ro,nosuid,nodev,noexec";

/** How long a busy mount is waited for: the pauses between the attempts, in milliseconds. */
export const BUSY_PAUSES = [100, 200, 400, 800, 1_500, 3_000, 5_000, 9_000, 10_000] as const;

/**
 * Mounts a snapshot read-only.
 *
 * Without the helper `mount.zfs` (`-i`), because that one refuses directories that are not empty: a
 * mount point that hides files below it is in the parent's snapshot with these files.
 */
export async function mountSnapshot(
  run: RunZfsCommand,
  snapshot: string,
  target: string,
): Promise<ZfsCommandResult> {
  return await run({
    program: "mount",
    args: ["-i", "-t", "zfs", "-o", HARMLESS, "--", snapshot, target],
    pool: poolOf(snapshot),
  });
}

/**
 * Shows a live directory or file at another place as well.
 *
 * Private at once: mounts that are made or removed below either place must not reach the other. An
 * unmount below a shared copy would unmount the original. With everything that is mounted below it
 * only the top is read-only.
 */
export async function bindMount(
  run: RunZfsCommand,
  source: string,
  target: string,
  recursive: boolean,
): Promise<ZfsCommandResult> {
  const how = recursive ? ["--rbind", "--make-rprivate"] : ["--bind", "--make-private"];
  return await run({ program: "mount", args: [...how, "-o", HARMLESS, "--", source, target] });
}

/** Makes a bind mount private with everything below it, in case that its maker died in between. */
export async function makePrivate(run: RunZfsCommand, target: string): Promise<ZfsCommandResult> {
  return await run({ program: "mount", args: ["--make-rprivate", "--", target] });
}

/** Whose an empty directory is. */
interface Ownership {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Mounts a tiny empty file system, for mount points that a read-only snapshot lacks. */
export async function mountEmpty(
  run: RunZfsCommand,
  target: string,
  ownership: Ownership,
): Promise<ZfsCommandResult> {
  const { mode, uid, gid } = ownership;
  const whose = `mode=${mode.toString(8).padStart(4, "0")},uid=${uid},gid=${gid}`;
  return await run({
    program: "mount",
    args: ["-t", "tmpfs", "-o", `nosuid,nodev,noexec,size=1m,${whose}`, "--", "autoborg", target],
  });
}

/**
 * Unmounts, with one command. Never lazily and never by force.
 *
 * @param targets mount points, the innermost first
 * @param recursive with everything that is mounted below them; for bind mounts that came with such
 */
export async function unmount(
  run: RunZfsCommand,
  targets: readonly string[],
  recursive = false,
): Promise<ZfsCommandResult> {
  return await run({
    program: "umount",
    args: [...(recursive ? ["--recursive"] : []), "--", ...targets],
  });
}
