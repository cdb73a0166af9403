/**
 * A server in memory with two pools, live directories and much that is none of our business.
 *
 * @module
 */
import type { StageRequest } from "../../../lib/staging/staging.ts";
import { Machine, type Process } from "./machine.ts";
import { newFileSystem } from "./memory_nodes.ts";

/** The run's id that the tests use first. */
export const RUN = "0123abcd";
/** Snapshots that nobody may touch, and which look more or less like ours. */
const FOREIGN = [
  "tank/data@daily",
  "tank/data@autoborg-web-2026-11-01T04:00:00Z-ffffffff",
  "tank/data@autoborg-other-2026-11-28T04:00:00Z-0123abcd",
];

/** Each file that is to be backed up: where it lies in the archive, and where live. */
export interface Expected {
  readonly path: string;
  readonly live: string | undefined;
  /** A problem that names one of these explains why it is missing or read live. */
  readonly names: readonly string[];
  /** A problem with the list of this one, and all that is below it, explains it as well. */
  readonly pool: string;
  /** It is read from a snapshot. */
  readonly frozen: boolean;
}

/** A machine, and what is to be backed up of it. */
export interface Server {
  readonly machine: Machine;
  readonly expected: readonly Expected[];
  readonly wishes: Pick<StageRequest, "directories" | "zfs">;
}

/** Beside the sources, on a disk of its own. */
export const OWN_REPOSITORIES = [{ label: "usb", path: "/mnt/usb", sameDisk: true }];

const BEFORE = "as it was";

/** Datasets with and without mount points, directories on ZFS and not. */
export function plainServer(): Server {
  const machine = new Machine(newFileSystem("ext4", "/dev/sda1", {
    "etc/hosts": "live",
    "srv/live/file": "live",
    "srv/live/ram/": "",
    "srv/data/": "",
    "other/logs/": "",
    "tank/": "",
    "home/": "",
    "mnt/daily/": "",
    "mnt/usb/": "",
    "run/": "",
  }));
  const { mounts, zfs } = machine;
  mounts.mount(newFileSystem("tmpfs", "tmpfs"), "/run");
  mounts.mount(newFileSystem("tmpfs", "ram", { file: "live" }), "/srv/live/ram");
  mounts.mount(newFileSystem("ext4", "/dev/sdb1", { movie: "foreign" }), "/mnt/usb");
  const live = (name: string, at: string, files: Readonly<Record<string, string>>) =>
    mounts.mount(zfs.create(name, at, files).system, at);
  live("tank", "/tank", { file: BEFORE, "sub/file": BEFORE });
  live("tank/data", "/srv/data", { file: BEFORE, "in/": "" });
  live("tank/data/in", "/srv/data/in", { file: BEFORE });
  zfs.create("tank/none", "none", { file: BEFORE });
  zfs.create("other", "none");
  live("other/logs", "/other/logs", { file: BEFORE });
  live("other/home", "/home", { "u/file": BEFORE });
  addForeign(machine, "tank/data");
  return {
    machine,
    wishes: {
      directories: ["/etc", "/srv/live", "/home/u"],
      zfs: {
        datasets: ["tank/data", "tank/none", "other/logs"],
        recursive: true,
        exclude: [],
        snapshotDirectories: true,
      },
    },
    expected: [
      { path: "etc/hosts", live: "/etc/hosts", names: ["/etc"], pool: "none", frozen: false },
      {
        path: "srv/live/file",
        live: "/srv/live/file",
        names: ["/srv/live"],
        pool: "none",
        frozen: false,
      },
      {
        path: "srv/live/ram/file",
        live: "/srv/live/ram/file",
        names: ["/srv/live"],
        pool: "none",
        frozen: false,
      },
      expectedOn("tank/data", "srv/data/file"),
      expectedOn("tank/data/in", "srv/data/in/file"),
      { ...expectedOn("tank/none", "zfs/tank/none/file"), live: undefined },
      expectedOn("other/logs", "other/logs/file"),
      { ...expectedOn("other/home", "home/u/file"), names: ["other/home", "/home/u"] },
    ],
  };
}

/** A system whose root directory is a dataset, with a boot environment that is not running. */
export function rootOnZfs(): Server {
  const files = {
    "etc/hosts": BEFORE,
    file: BEFORE,
    bin: "-> etc",
    "boot/": "",
    "home/": "",
    "run/": "",
  };
  const root = newFileSystem("zfs", "rpool/ROOT/debian", files);
  const machine = new Machine(root);
  const { mounts, zfs } = machine;
  mounts.mount(newFileSystem("tmpfs", "tmpfs"), "/run");
  zfs.create("rpool", "none");
  zfs.create("rpool/ROOT", "none");
  const running = zfs.create("rpool/ROOT/debian", "/", {}, "noauto");
  zfs.datasets.set("rpool/ROOT/debian", { ...running, system: root });
  zfs.create("rpool/ROOT/older", "/", { old: BEFORE }, "noauto");
  mounts.mount(zfs.create("rpool/home", "/home", { file: BEFORE }).system, "/home");
  addForeign(machine, "rpool/home");
  return {
    machine,
    wishes: {
      directories: [],
      zfs: { datasets: ["rpool"], recursive: true, exclude: [], snapshotDirectories: true },
    },
    expected: [
      { ...expectedOn("rpool/ROOT/debian", "etc/hosts"), names: ["rpool/ROOT/debian", "/etc"] },
      { ...expectedOn("rpool/ROOT/debian", "file"), names: ["rpool/ROOT/debian", "/file"] },
      expectedOn("rpool/home", "home/file"),
      { ...expectedOn("rpool/ROOT/older", "zfs/rpool/ROOT/older/old"), live: undefined },
    ],
  };
}

/** The same with live file systems below the root directory, one in the other. */
export function rootAndBoot(): Server {
  const server = rootOnZfs();
  const { machine: { mounts }, wishes, expected } = server;
  mounts.mount(newFileSystem("ext4", "/dev/sda2", { kernel: "live", "efi/": "" }), "/boot");
  mounts.mount(newFileSystem("vfat", "/dev/sda1", { loader: "live" }), "/boot/efi");
  const liveAt = (path: string) => ({
    path,
    live: `/${path}`,
    names: ["/", "/boot"],
    pool: "rpool",
    frozen: false,
  });
  return {
    ...server,
    wishes: { ...wishes, directories: ["/"] },
    expected: [...expected, liveAt("boot/kernel"), liveAt("boot/efi/loader")],
  };
}

function expectedOn(dataset: string, path: string): Expected {
  const directory = `/${path.slice(0, path.lastIndexOf("/"))}`;
  return {
    path,
    live: `/${path}`,
    names: [dataset, directory],
    pool: dataset.split("/")[0] ?? "",
    frozen: true,
  };
}

function addForeign({ zfs, mounts }: Machine, dataset: string): void {
  for (const name of FOREIGN) {
    const run = name.slice(-8);
    const snapshot = zfs.snapshot(name.replace("tank/data", dataset), { "org.autoborg:run": run });
    snapshot.holds.add(`autoborg:${run}`);
    snapshot.holds.add("keep");
    if (name.endsWith("daily")) {
      try {
        mounts.mount(snapshot.system, "/mnt/daily", { readOnly: true });
      } catch {
        // This server has no such directory.
      }
    }
  }
}

/** What is not ours, as one text: it must be the same before and after everything. */
export function foreignState({ zfs, mounts }: Machine, runs: readonly string[]): string {
  const own = (
    { properties, name }: { properties: Map<string, { value: string }>; name: string },
  ) =>
    runs.some((run) =>
      properties.get("org.autoborg:run")?.value === run && name.includes("@autoborg-web-") &&
      name.endsWith(`Z-${run}`)
    );
  const snapshots = [...zfs.snapshots.values()].filter((snapshot) => !own(snapshot))
    .map(({ name, guid, holds, deferred }) => `${name} ${guid} ${[...holds]} ${deferred}`);
  const places = mounts.all.filter(({ target }) => !target.startsWith("/run/autoborg"))
    .map(({ system, target, options }) => `${system.source} ${target} ${options}`);
  return [...zfs.datasets.keys(), ...snapshots, ...places].join("\n");
}

/** What is left of runs of ours. */
export function leftovers({ zfs, mounts }: Machine, runs: readonly string[]): readonly string[] {
  const names = [...zfs.snapshots.values()].filter(({ name, properties }) =>
    name.includes("@autoborg-web-") &&
    runs.some((run) => properties.get("org.autoborg:run")?.value === run && name.endsWith(run))
  ).map(({ name }) => name);
  const below = mounts.all.filter(({ target }) => target.startsWith("/run/autoborg"));
  return [...names, ...below.map(({ target }) => target)];
}

/** A request on a server. */
export function requestOn(
  { machine, expected, wishes }: Server,
  system: Process,
  more: Partial<StageRequest> = {},
): StageRequest {
  return {
    name: "web",
    runId: RUN,
    startedAt: new Date("2026-11-28T04:00:00Z"),
    hostname: "host",
    oneFileSystem: false,
    optional: [],
    ownRepositories: OWN_REPOSITORIES,
    ...wishes,
    tempDir: "/run/autoborg",
    stateDir: "/var/lib/autoborg",
    signal: new AbortController().signal,
    emit: () => {},
    environment: {},
    hooks: {
      before: () => Promise.resolve(),
      after: () => {
        // What is read live from now on is not what was snapshotted.
        for (const { live, frozen } of expected) if (frozen && live) machine.write(live, "later");
        return Promise.resolve([]);
      },
    },
    pauses: [0, 0],
    system,
    ...more,
  };
}
