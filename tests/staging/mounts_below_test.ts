import assert from "node:assert/strict";
import { findMountsBelow } from "../../lib/staging/mounts_below.ts";
import { stageSources } from "../../lib/staging/stage.ts";
import type { MountBelow } from "../../lib/staging/staging.ts";
import type { StagingFiles } from "../../lib/staging/staging_files.ts";
import { plainServer, requestOn } from "./double/server.ts";

const TABLE = [
  "/dev/sda1 on / type ext4 (rw,relatime)",
  "proc on /proc type proc (rw)",
  "tmpfs on /run type tmpfs (rw)",
  "tmpfs on /run/user/0 type tmpfs (rw)",
  "/dev/sdb1 on /srv/photos type ext4 (rw)",
  "/dev/sdc1 on /srv/photos/2026 type xfs (rw)",
  "/dev/sda1 on /srv/bound type ext4 (rw)",
  "tank/data on /srv/tank type zfs (rw)",
  "overlay on /srv/docker/merged type overlay (rw)",
  "nas:/dead on /srv/dead type nfs4 (rw)",
  "/dev/sdd1 on /srv/hidden type ext4 (rw)",
  "/dev/sde1 on /srv/usb type ext4 (rw)",
  "/dev/sdf1 on /srv/tank/temp/web/a type ext4 (rw)",
];

/** Which device each mount point shows; "/srv/dead" does not answer. */
const DEVICES: Readonly<Record<string, number>> = {
  "/srv/photos": 2,
  "/srv/photos/2026": 3,
  "/srv/photos/open": 2,
  "/srv/tank": 4,
  "/srv/usb": 5,
  ...{ "/tmp": 2, "/tmp/build": 3 },
  ...{ "/var/lib/docker/volumes": 2, "/var/lib/docker/volumes/v/_data": 3 },
  "/srv/tank/temp/web/a": 6,
};

interface Question {
  readonly directories: readonly string[];
  readonly others?: readonly string[];
  readonly oneFileSystem?: boolean;
  readonly table?: readonly string[];
}

async function find({ directories, others = [], oneFileSystem = true, table = TABLE }: Question) {
  const lstat = async (path: string | URL): Promise<Deno.FileInfo> => {
    if (path === "/srv/dead") throw new Error("no answer");
    if (path === "/srv/hidden") throw new Deno.errors.NotFound();
    return { ...await Deno.lstat("/"), dev: DEVICES[`${path}`] ?? 1 };
  };
  const files: StagingFiles = { ...Deno, lstat };
  let asked = 0;
  const run = () => {
    asked += 1;
    const end = { kind: "exited", code: 0 } as const;
    const stdout = `${table.join("\n")}\n`;
    return Promise.resolve({ succeeded: table.length > 0, end, stdout, stderr: "" });
  };
  const ownRepositories = [{ label: "usb", path: "/srv/usb/borg/web", sameDisk: false }];
  const request = {
    directories,
    others,
    oneFileSystem,
    ownRepositories,
    tempDir: "/srv/tank/temp",
  };
  const { passedOver, mounts } = await findMountsBelow({ run, files }, request);
  const named = (all: readonly MountBelow[] | undefined) =>
    all?.map(({ source, mountPoint, type }) => `${source}: ${mountPoint} ${type}`);
  return { asked, passedOver: named(passedOver), lasting: named(mounts?.lasting), mounts };
}

Deno.test("findMountsBelow() names what one_file_system keeps out of the archive", async () => {
  const { passedOver, lasting, asked } = await find({ directories: ["/"] });
  assert.deepEqual(passedOver, [
    "/: /srv/photos ext4",
    "/: /srv/photos/2026 xfs",
    "/: /srv/tank zfs",
    "/: /srv/usb ext4",
    "/: /srv/tank/temp/web/a ext4",
  ]);
  assert.deepEqual(lasting, []);
  assert.equal(asked, 1);
});

Deno.test("findMountsBelow() names what the archive holds, without disks for repositories", async () => {
  const below = await find({ directories: ["/"], oneFileSystem: false });
  assert.deepEqual(below.passedOver, []);
  // A server that does not answer tonight is mounted all the same.
  assert.deepEqual(below.lasting, [
    "/: /srv/photos ext4",
    "/: /srv/photos/2026 xfs",
    "/: /srv/tank zfs",
    "/: /srv/dead nfs4",
  ]);
  assert.equal(below.mounts?.targets.has("/srv/hidden"), true);
  assert.equal(below.asked, 1);
});

Deno.test("findMountsBelow() does not take what a service opens for a file system of its own", async () => {
  const table = [
    "/dev/sdb1 on /srv/photos type ext4 (ro)",
    // As of ReadWritePaths=.
    "/dev/sdb1 on /srv/photos/open type ext4 (rw)",
    "/dev/sda1 on /srv/photos/system type ext4 (rw)",
  ];
  const { lasting } = await find({ directories: ["/srv"], oneFileSystem: false, table });
  assert.deepEqual(lasting, ["/srv: /srv/photos ext4", "/srv: /srv/photos/system ext4"]);
});

Deno.test("findMountsBelow() names what is in a temporary place only to a source in it", async () => {
  const table = [
    "tmpfs on /tmp type tmpfs (rw,nosuid)",
    "/dev/sdb1 on /tmp/build type ext4 (rw)",
    "nas:/v on /var/lib/docker/volumes/v/_data type nfs4 (rw)",
    "/dev/sdc1 on /var/lib/docker/volumes type ext4 (rw)",
  ];
  const lasting = async (...directories: readonly string[]) =>
    (await find({ directories, oneFileSystem: false, table })).lasting;
  assert.deepEqual(await lasting("/"), ["/: /var/lib/docker/volumes ext4"]);
  assert.deepEqual(await lasting("/tmp", "/var/lib/docker/volumes/v"), [
    "/tmp: /tmp/build ext4",
    "/var/lib/docker/volumes/v: /var/lib/docker/volumes/v/_data nfs4",
  ]);
});

Deno.test("findMountsBelow() names none that is itself a source, and each once", async () => {
  const others = ["/srv/tank", "/srv/usb", "/srv/tank/temp/web/a"];
  const directories = ["/srv", "/srv/photos", "/"];
  const { passedOver } = await find({ directories, others });
  assert.deepEqual(passedOver, ["/srv/photos: /srv/photos/2026 xfs"]);
  assert.deepEqual((await find({ directories: ["/etc"] })).passedOver, []);
});

Deno.test("findMountsBelow() asks nothing when there are no directories", async () => {
  const { asked, lasting } = await find({ directories: [] });
  assert.equal(asked, 0);
  assert.deepEqual(lasting, []);
});

Deno.test("findMountsBelow() says nothing of mounts when their table can't be read", async () => {
  const { mounts, passedOver } = await find({ directories: ["/"], table: [] });
  assert.equal(mounts, undefined);
  assert.deepEqual(passedOver, []);
});

Deno.test("stageSources() says where each source is in the archive", async () => {
  const server = plainServer();
  const staging = await stageSources(requestOn(server, server.machine.process()));
  assert.deepEqual(staging.roots.map(({ kind, path, at }) => `${kind} ${path}: ${at}`), [
    "directory /home/u: home/u",
    "directory /etc: etc",
    "directory /srv/live: srv/live",
    "dataset tank/data: srv/data",
    "dataset tank/data/in: srv/data/in",
    "dataset other/logs: other/logs",
    "dataset tank/none: zfs/tank/none",
  ]);
  assert.deepEqual(await staging.release(), []);
});
