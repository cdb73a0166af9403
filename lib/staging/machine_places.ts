/**
 * Finds what of this machine is worth a backup: its file systems and datasets, home directories,
 * and where databases and containers keep their data. What does not answer is skipped.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { inTime } from "../async/deadline.ts";
import { readSmallText } from "../files/small_file.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { type MountLine, readMountTable } from "../zfs/mount_table.ts";
import { isTemporaryPlace, lastingMounts } from "./lasting_mounts.ts";
import type { DiscoveryTools } from "./snapshot_source.ts";
import { isEmpty, look } from "./staging_files.ts";
import { inTree, isBelow } from "./tree_paths.ts";

/** A file system, or a dataset of ZFS. */
interface MachineFileSystem {
  readonly kind: "file-system" | "dataset";
  /** Its mount point, or the name of the dataset. */
  readonly name: string;
  /** Where it is mounted; `undefined`: nowhere. */
  readonly target?: string;
  readonly dev?: number;
  /** Bytes that are in it. */
  readonly size?: number;
}

/** A directory that holds what people or programs have made. */
interface MachineDirectory {
  readonly kind: "home" | "database" | "volumes";
  readonly path: string;
  readonly dev: number;
}

/** What there is on a machine. */
export interface MachinePlaces {
  readonly fileSystems: readonly MachineFileSystem[];
  readonly directories: readonly MachineDirectory[];
}

interface PlacesRequest {
  /** What is mounted below it is our own. */
  readonly tempDir: string;
  /** The directories of the repositories on this machine: their file systems do not count. */
  readonly repositories: readonly string[];
  /** Where the directories of the system are; for tests. */
  readonly root?: string;
}

type Tools = Pick<DiscoveryTools, "run" | "files">;

/** How long a look at a directory may take, in milliseconds. */
const TIMEOUT = 5_000;

/** Data of other machines, which are to back it up, of images that are read-only, and of none. */
const ELSEWHERE =
  /^(?:9p|afs|ceph|cifs|erofs|fuse\.(?:rclone|s3fs|sshfs)|glusterfs|iso9660|nfs4?|smb3|tmpfs)$/;

const DATABASES = ["clickhouse", "couchdb", "influxdb", "ldap", "mongodb", "mysql", "postgresql"];
const VOLUMES = ["docker/volumes", "containers/storage/volumes"];

/** A dataset that has less in it holds no more than the mount points of others. */
const HOLDS_NOTHING = 262_144;

/** Finds what there is. */
export async function findMachinePlaces(
  { run, files }: Tools,
  { tempDir, repositories, root = "/" }: PlacesRequest,
): Promise<MachinePlaces> {
  const device = async (path: string) => {
    try {
      return (await look(files, await inTime(files.realPath(path), TIMEOUT), TIMEOUT)).dev;
    } catch {
      return undefined;
    }
  };
  const table = await readMountTable(run);
  const mounts = table.kind === "read" ? lastingMounts(table.lines) : [];
  const own = new Set(await Promise.all(repositories.map(device)));
  const candidates = mounts.filter(({ target, type }) =>
    !ELSEWHERE.test(type) && !isTemporaryPlace(target) &&
    !isBelow(inTree(target), inTree(tempDir))
  );
  const seen = await Promise.all(
    candidates.map(async (mount) => ({ mount, dev: await device(mount.target) })),
  );
  const known = seen.filter(({ dev }) => dev !== undefined && !own.has(dev));
  const disks = known.filter(({ mount, dev }, index) =>
    mount.type !== "zfs" && known.findIndex((other) => other.dev === dev) === index
  );
  return {
    fileSystems: [
      ...await Promise.all(disks.map(async ({ mount: { target }, dev }) => ({
        ...{ kind: "file-system" as const, name: target, target },
        ...(dev === undefined ? {} : { dev }),
        ...await usedSpace(target),
      }))),
      ...await datasets(run, seen.filter(({ mount }) => mount.type === "zfs"), own),
    ],
    directories: await directories({ run, files }, root, device),
  };
}

async function usedSpace(target: string): Promise<{ readonly size?: number }> {
  try {
    const { blocks, bfree, bsize } = await inTime(statfs(target), TIMEOUT);
    return { size: (blocks - bfree) * bsize };
  } catch {
    return {};
  }
}

interface SeenMount {
  readonly mount: MountLine;
  readonly dev: number | undefined;
}

/** All datasets of the pools that something is mounted of, mounted or not. */
async function datasets(
  run: Tools["run"],
  mounted: readonly SeenMount[],
  own: ReadonlySet<number | undefined>,
): Promise<readonly MachineFileSystem[]> {
  const pools = [...new Set(mounted.map(({ mount }) => poolOf(mount.source)))];
  const lists = await Promise.all(pools.map(async (pool) => {
    const what = ["-t", "filesystem,volume", "-o", "name,referenced"];
    const args = ["list", "-Hp", "-r", ...what, pool];
    const { succeeded, stdout } = await run({ program: "zfs", args, pool });
    return succeeded ? stdout.split("\n") : [];
  }));
  return lists.flat().flatMap((line): readonly MachineFileSystem[] => {
    const [name = "", referenced] = line.split("\t");
    const size = Number(referenced);
    if (name === "" || size < HOLDS_NOTHING) return [];
    const { mount, dev } = mounted.find(({ mount }) => mount.source === name) ?? {};
    if (dev !== undefined && own.has(dev)) return [];
    return [{
      ...{ kind: "dataset", name },
      ...(Number.isNaN(size) ? {} : { size }),
      ...(mount === undefined ? {} : { target: mount.target }),
      ...(dev === undefined ? {} : { dev }),
    }];
  });
}

async function directories(
  { files }: Tools,
  root: string,
  device: (path: string) => Promise<number | undefined>,
): Promise<readonly MachineDirectory[]> {
  const found = [
    ...(await homes(root)).map((path) => ({ kind: "home" as const, path })),
    ...DATABASES.map((name) => ({ kind: "database" as const, path: `/var/lib/${name}` })),
    ...VOLUMES.map((name) => ({ kind: "volumes" as const, path: `/var/lib/${name}` })),
  ];
  const there = await Promise.all(found.map(async ({ kind, path }) => {
    const dev = await device(join(root, path));
    const isFilled = dev !== undefined && await hasContent(files, join(root, path), kind);
    return isFilled ? [{ kind, path, dev }] : [];
  }));
  return there.flat();
}

/** The home directories of root and of people, who have a shell. */
async function homes(root: string): Promise<readonly string[]> {
  try {
    const text = await inTime(readSmallText(join(root, "etc/passwd")), TIMEOUT);
    const all = text.split("\n").flatMap((line) => {
      const [, , uid, , , home = "", shell = ""] = line.split(":");
      const isPerson = uid === "0" || (Number(uid) >= 1_000 && Number(uid) < 65_534);
      const mayLogIn = !/\/(?:nologin|false|sync)$/.test(shell);
      return isPerson && mayLogIn && /^\/[^/]/.test(home) ? [home] : [];
    });
    return [...new Set(all)];
  } catch {
    return [];
  }
}

/** Whether anything is in a directory; of the volumes of containers, whether there is one. */
async function hasContent(
  files: Tools["files"],
  path: string,
  kind: MachineDirectory["kind"],
): Promise<boolean> {
  try {
    if (kind !== "volumes") return !await inTime(isEmpty(files, path), TIMEOUT);
    for await (const { isDirectory } of files.readDir(path)) if (isDirectory) return true;
    return false;
  } catch {
    return false;
  }
}
