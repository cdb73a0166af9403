/**
 * Tells file systems that are mounted day and night from what programs, users and the kernel mount
 * and unmount by themselves: only of the former is it bad news when one is gone.
 *
 * @module
 */
import { type MountLine, mountOptions, parseMountLine } from "../zfs/mount_table.ts";
import { inTree, isBelow } from "./tree_paths.ts";

/** The kernel's own, and what containers and packages are mounted from. */
const NO_DATA: ReadonlySet<string> = new Set([
  ...["autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts"],
  ...["devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc"],
  ...["pstore", "ramfs", "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tracefs"],
]);
/** What is mounted there is created again at every start. */
const VOLATILE = ["dev", "proc", "run", "sys"];

/** Mounted archives (`fuse`), encrypted homes of users who are logged in, discs, images. */
const COMES_AND_GOES: ReadonlySet<string> = new Set([
  ...["ecryptfs", "fuse", "fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.snapfuse", "fuse.squashfuse"],
  ...["iso9660", "udf"],
]);
/** Places for what is temporary, and where container engines mount what each container needs. */
const TEMPORARY: readonly RegExp[] = [
  /^(?:tmp|var\/tmp)(?:\/|$)/,
  /^var\/lib\/(?:containerd|containers\/storage|incus|kubelet|lxd|schroot)\//,
  /^var\/lib\/docker\/(?!volumes$)/,
  /^var\/snap\//,
];
/** A layer or a container, wherever an engine keeps its data. */
const CONTAINER_ID = /\/[0-9a-f]{64}(?:-init)?(?:\/|$)/;
/** Their client mounts the file systems of the server below each other, and unmounts unused ones. */
const WITH_SUBMOUNTS: ReadonlySet<string> = new Set(["afs", "cifs", "nfs", "nfs4", "smb3"]);

/** Whether it may hold data that is worth a backup. */
export function hasData({ target, type }: MountLine): boolean {
  const at = inTree(target);
  return !NO_DATA.has(type) && !VOLATILE.some((top) => at === top || isBelow(at, top));
}

/** Whether a path lies where programs mount what they need for a while. */
export function isTemporaryPlace(path: string): boolean {
  return TEMPORARY.some((place) => place.test(inTree(path)));
}

/**
 * Picks the file systems that hold data and stay mounted, unless they are in a temporary place.
 *
 * @param lines the mount table
 */
export function lastingMounts(lines: readonly string[]): readonly MountLine[] {
  const all = lines.flatMap((line) => {
    const mount = parseMountLine(line);
    return mount === undefined ? [] : [{ mount, options: mountOptions(line) }];
  });
  const mounts = all.map(({ mount }) => mount);
  const automounts = mounts.filter(({ type }) => type === "autofs");
  return all.filter(({ mount, options }) => {
    const { target } = mount;
    const hasAutomount = automounts.some((one) => {
      return one.target === target || isBelow(inTree(target), inTree(one.target));
    });
    return hasData(mount) && !hasAutomount && !isTemporary(mount) && !isOfUser(options) &&
      !isOfServer(mount, mounts);
  }).map(({ mount }) => mount);
}

function isTemporary({ source, target, type }: MountLine): boolean {
  if (COMES_AND_GOES.has(type) || CONTAINER_ID.test(target)) return true;
  return type === "zfs" && (source.includes("@") || target.includes("/.zfs/"));
}

/** Mounted for a user: a stick in a desktop, an entry of fstab for users, FUSE of a session. */
function isOfUser(options: readonly string[]): boolean {
  return options.some((option) => {
    return option === "uhelper=udisks2" || /^user(?:=|_id=(?!0$))/.test(option);
  });
}

function isOfServer({ target, type }: MountLine, mounts: readonly MountLine[]): boolean {
  return WITH_SUBMOUNTS.has(type) &&
    mounts.some((other) => other.type === type && isBelow(inTree(target), inTree(other.target)));
}
