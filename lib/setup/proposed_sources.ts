/** What there is to back up on this machine: directories, file systems, datasets. @module */
import { inTime } from "../async/deadline.ts";
import type { MountLine } from "../zfs/mount_table.ts";

/** Something that can be backed up. */
interface ProposedSource {
  readonly kind: "directory" | "dataset";
  /** The path, or the name of the dataset. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
  /** Whether most people want it. */
  readonly usual: boolean;
}

/** The calls that look at the machine. */
interface Looks {
  lstat(path: string): Promise<{ readonly isDirectory: boolean }>;
  readDir(path: string): AsyncIterable<unknown>;
}

/** Directories that hold what can't be installed again. */
const DIRECTORIES: Readonly<Record<string, readonly [about: string, usual: boolean]>> = {
  "/etc": ["settings of the system", true],
  "/home": ["people's files", true],
  "/root": ["root's files", true],
  "/srv": ["data of services", true],
  "/opt": ["programs installed by hand", true],
  "/usr/local": ["programs installed by hand", true],
  "/var/www": ["websites", true],
  "/var/lib": ["state of services; databases need a dump as well", false],
  "/var/mail": ["mailboxes", false],
  "/var/spool": ["crontabs, queues", false],
};

/** File systems that hold files of this machine. */
const LOCAL = /^(?:ext[234]|xfs|btrfs|f2fs|jfs|bcachefs|vfat|exfat|ntfs3?|fuseblk)$/;
/** Those that another machine holds, which may have a backup of its own. */
const REMOTE = /^(?:nfs4?|cifs|smb3|ceph|glusterfs|fuse\.sshfs)$/;

/** Where the system itself lies, which is installed again rather than restored. */
const SYSTEM = ["/boot", "/dev", "/efi", "/proc", "/run", "/snap", "/sys", "/tmp", "/usr", "/var"];
/** Where disks are mounted that come and go: a backup may lie there. */
const REMOVABLE = ["/mnt", "/media"];
/** Where programs that run containers mount what they have made themselves. */
const CONTAINERS = ["docker", "containers", "containerd", "lxd", "incus", "machines"].map((name) =>
  `/var/lib/${name}`
);

/** How long a look at one directory may take, in milliseconds: a network file system may hang. */
const PATIENCE = 2_000;

/** Finds what can be backed up, from what is mounted. */
export async function proposeSources(
  mounts: readonly MountLine[],
  looks: Looks,
): Promise<readonly ProposedSource[]> {
  const datasets = mounts.flatMap(proposedDataset);
  const covered = new Set(mounts.filter(({ type }) => type === "zfs").map(({ target }) => target));
  const directories = Object.entries(DIRECTORIES).map(([name, [about, usual]]): ProposedSource => ({
    kind: "directory",
    name,
    about,
    usual,
  }));
  const disks = mounts.flatMap(proposedDisk);
  const unique = new Map([...directories, ...disks].map((one) => [one.name, one]));
  const found = await Promise.all(
    [...unique.values()].filter(({ name }) => !covered.has(name)).map(async (one) =>
      await holdsSomething(one.name, looks) ? [one] : []
    ),
  );
  return [...found.flat(), ...new Map(datasets.map((one) => [one.name, one])).values()];
}

/** Disks on which a repository may lie: mounted where disks come and go. */
export function proposedDisks(mounts: readonly MountLine[]): readonly string[] {
  return mounts.filter(({ type, target }) =>
    (LOCAL.test(type) || type === "zfs") && isWithin(target, REMOVABLE)
  ).map(({ target }) => target);
}

function proposedDisk({ source, target, type }: MountLine): readonly ProposedSource[] {
  if (!LOCAL.test(type) && !REMOTE.test(type)) return [];
  if (target === "/" || isWithin(target, [...SYSTEM, ...Object.keys(DIRECTORIES)])) return [];
  const usual = LOCAL.test(type) && !isWithin(target, REMOVABLE);
  return [{ kind: "directory", name: target, about: `${type} on ${source}`, usual }];
}

function proposedDataset({ source, target, type }: MountLine): readonly ProposedSource[] {
  if (type !== "zfs" || source.includes("@") || isWithin(target, [...CONTAINERS, "/run"])) {
    return [];
  }
  const isSystem = target === "/" || isWithin(target, [...SYSTEM, ...REMOVABLE]);
  const usual = !isSystem || DIRECTORIES[target]?.[1] === true;
  return [{ kind: "dataset", name: source, about: `ZFS, mounted at ${target}`, usual }];
}

function isWithin(path: string, directories: readonly string[]): boolean {
  return directories.some((one) => path === one || path.startsWith(`${one}/`));
}

/** Borg would archive a link alone, and an empty directory is the place of a disk or of nothing. */
async function holdsSomething(path: string, { lstat, readDir }: Looks): Promise<boolean> {
  const look = async (): Promise<boolean> => {
    if (!(await lstat(path)).isDirectory) return false;
    for await (const _entry of readDir(path)) return true;
    return false;
  };
  return await inTime(look(), PATIENCE).catch(() => false);
}
