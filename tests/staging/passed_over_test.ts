import assert from "node:assert/strict";
import { findPassedOver } from "../../lib/staging/passed_over.ts";
import { stageSources } from "../../lib/staging/stage.ts";
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
  "tmpfs on /srv/dead type tmpfs (rw)",
];

/** Which device each mount point shows; "/srv/dead" does not answer. */
const DEVICES: Readonly<Record<string, number>> = {
  "/srv/photos": 2,
  "/srv/photos/2026": 3,
  "/srv/tank": 4,
};

async function find(directories: readonly string[], others: readonly string[] = []) {
  const lstat = async (path: string | URL): Promise<Deno.FileInfo> => {
    if (path === "/srv/dead") throw new Error("no answer");
    return { ...await Deno.lstat("/"), dev: DEVICES[`${path}`] ?? 1 };
  };
  const files: StagingFiles = { ...Deno, lstat };
  const end = { kind: "exited", code: 0 } as const;
  const run = () =>
    Promise.resolve({ succeeded: true, end, stdout: `${TABLE.join("\n")}\n`, stderr: "" });
  const found = await findPassedOver({ run, files }, directories, others);
  return found.map(({ source, mountPoint, type }) => `${source}: ${mountPoint} ${type}`);
}

Deno.test("findPassedOver() names file systems with data below a directory", async () => {
  assert.deepEqual(await find(["/"]), [
    "/: /srv/photos ext4",
    "/: /srv/photos/2026 xfs",
    "/: /srv/tank zfs",
  ]);
});

Deno.test("findPassedOver() names none that is a source itself, and each once", async () => {
  assert.deepEqual(await find(["/srv", "/srv/photos", "/"], ["/srv/tank"]), [
    "/srv/photos: /srv/photos/2026 xfs",
  ]);
  assert.deepEqual(await find(["/etc"]), []);
});

Deno.test("findPassedOver() asks nothing when there are no directories", async () => {
  assert.deepEqual(await find([]), []);
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
