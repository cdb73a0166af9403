/**
 * The commands `mount` and `umount` on mounts in memory, with the texts of util-linux.
 *
 * @module
 */
import type { Mount, Mounts } from "./memory_mounts.ts";
import { newFileSystem } from "./memory_nodes.ts";
import type { Ended, MemoryZfs } from "./memory_zfs.ts";

const OK: Ended = { code: 0, stdout: "", stderr: "" };

/**
 * Runs `mount`.
 *
 * @param zfs the snapshots, and what they are mounted on
 * @param args its arguments
 */
export function mountCommand(zfs: MemoryZfs, args: readonly string[]): Ended {
  const { mounts } = zfs;
  if (args.length === 0) return { ...OK, stdout: mounts.lines().join("\n") };
  if (args.length === 2 && args[0] === "-t") {
    return { ...OK, stdout: mounts.lines(args[1]).join("\n") };
  }
  const target = args.at(-1) ?? "";
  const source = args.at(-2) ?? "";
  try {
    if (args[0] === "-i") return mountSnapshot(zfs, source, target);
    if (args[0] === "--rbind" || args[0] === "--bind") {
      const made = mounts.bind(source, target, args[0] === "--rbind");
      if (args[1]?.startsWith("--make-") === true) mounts.makePrivate(made);
      return OK;
    }
    if (args[0] === "--make-rprivate") {
      const mount = mountOf(mounts, target);
      if (mount === undefined) return notMounted(target);
      mounts.makePrivate(mount);
      return OK;
    }
    if (args[0] === "-t" && args[1] === "tmpfs") {
      const options = "rw,nosuid,nodev,noexec,relatime,size=1024k";
      mounts.mount(newFileSystem("tmpfs", source), target, { options });
      return OK;
    }
  } catch {
    return { code: 32, stdout: "", stderr: `mount: ${target}: mount point does not exist.` };
  }
  throw new Error(`mount ${args.join(" ")}: nobody asked for this before`);
}

function mountSnapshot({ mounts, snapshots }: MemoryZfs, name: string, target: string): Ended {
  const snapshot = snapshots.get(name);
  if (snapshot === undefined) {
    const stderr = `mount: ${target}: special device ${name} does not exist.`;
    return { code: 32, stdout: "", stderr };
  }
  const options = "ro,nosuid,nodev,noexec,relatime,xattr,posixacl";
  mounts.mount(snapshot.system, target, { options, readOnly: true });
  return OK;
}

/**
 * Runs `umount`.
 *
 * @param mounts what it works on
 * @param args its arguments
 */
export function umountCommand(mounts: Mounts, args: readonly string[]): Ended {
  const recursive = args[0] === "--recursive";
  const errors = args.slice(args.indexOf("--") + 1).flatMap((target) => {
    const mount = mountOf(mounts, target);
    if (mount === undefined) return [`umount: ${target}: not mounted.`];
    const below = mounts.below(mount);
    if (below.length > 0 && !recursive) return [`umount: ${target}: target is busy.`];
    for (const one of below.toReversed()) if (mounts.all.includes(one)) mounts.unmount(one);
    mounts.unmount(mount);
    return [];
  });
  return errors.length === 0 ? OK : { code: 32, stdout: "", stderr: errors.join("\n") };
}

function notMounted(target: string): Ended {
  return { code: 32, stdout: "", stderr: `mount: ${target}: not mount point or bad option.` };
}

/** The topmost mount whose root is at a path. */
function mountOf(mounts: Mounts, target: string): Mount | undefined {
  try {
    const { mount, node } = mounts.find(target, false);
    return mount.root === node ? mount : undefined;
  } catch {
    return undefined;
  }
}
