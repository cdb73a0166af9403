/**
 * Looks whether ZFS is there, with its kernel module.
 *
 * @module
 */
import type { RunZfsCommand, ZfsCommandResult } from "../zfs/command.ts";
import { reasonFor } from "../zfs/reasons.ts";
import { failed, type Finding, ok, skipped, subject } from "./finding.ts";

const ZFS = subject("zfs");

/** Asks ZFS for its versions. */
export async function probeZfs(run: RunZfsCommand, isUsed: boolean): Promise<Finding> {
  if (!isUsed) return skipped(ZFS, "no dataset is configured, and no directory lies on ZFS");
  return judgeZfs(await run({ program: "zfs", args: ["version"] }));
}

/**
 * Reads what `zfs version` printed: a line for the program and one for the kernel module. Without
 * the module there is either an error or the first line alone.
 */
export function judgeZfs(result: ZfsCommandResult): Finding {
  const program = /^zfs-(?!kmod)(\S+)/m.exec(result.stdout)?.[1];
  const module = /^zfs-kmod-(\S+)/m.exec(result.stdout)?.[1];
  if (program !== undefined && module !== undefined) {
    return ok(ZFS, `version ${program}, kernel module ${module}`);
  }
  if (result.end.kind === "not-started") {
    return failed(ZFS, "zfs is not installed", "Install the package zfsutils-linux");
  }
  const { reason, hint } = reasonFor(result, "");
  if (result.end.kind === "exited" && (program !== undefined || /module/.test(reason))) {
    return failed(ZFS, "the ZFS kernel module is not loaded", "Load it: modprobe zfs");
  }
  return failed(ZFS, `zfs does not say its version: ${reason}`, hint);
}
