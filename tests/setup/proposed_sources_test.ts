import assert from "node:assert/strict";
import { proposedDisks, proposeSources } from "../../lib/setup/proposed_sources.ts";

/** A machine on which there are these directories; those of `empty` hold nothing. */
function machine(directories: readonly string[], empty: readonly string[] = []) {
  return {
    lstat(path: string) {
      const isDirectory = directories.includes(path);
      // A link to one of them.
      if (!isDirectory && path !== "/srv") throw new Deno.errors.NotFound();
      return Promise.resolve({ isDirectory });
    },
    async *readDir(path: string) {
      if (!empty.includes(path)) yield await Promise.resolve("something");
    },
  };
}

const mount = (source: string, target: string, type: string) => ({ source, target, type });

Deno.test("proposeSources() offers the directories that hold something, and no links", async () => {
  const found = await proposeSources([], machine(["/etc", "/home", "/root"], ["/root"]));
  assert.deepEqual(found.map(({ name, usual }) => [name, usual]), [
    ["/etc", true],
    ["/home", true],
  ]);
});

Deno.test("proposeSources() offers file systems, but none of the system and of programs", async () => {
  const mounts = [
    mount("/dev/sda1", "/", "ext4"),
    mount("/dev/sda2", "/boot", "ext4"),
    mount("tmpfs", "/tmp", "tmpfs"),
    mount("overlay", "/var/lib/docker/overlay2/x/merged", "overlay"),
    mount("/dev/sdb1", "/data", "xfs"),
    mount("/dev/sdc1", "/mnt/backup", "ext4"),
    mount("nas:/export", "/net", "nfs4"),
    mount("/dev/sdd1", "/home/anna", "ext4"),
  ];
  const there = ["/data", "/mnt/backup", "/net", "/home/anna", "/boot"];
  const found = await proposeSources(mounts, machine(there));
  assert.deepEqual(found.map(({ name, about, usual }) => [name, about, usual]), [
    ["/data", "xfs on /dev/sdb1", true],
    ["/mnt/backup", "ext4 on /dev/sdc1", false],
    ["/net", "nfs4 on nas:/export", false],
  ]);
  assert.deepEqual(proposedDisks(mounts), ["/mnt/backup"]);
});

Deno.test("proposeSources() offers datasets instead of the directories that they are", async () => {
  const mounts = [
    mount("rpool/ROOT/debian", "/", "zfs"),
    mount("rpool/home", "/home", "zfs"),
    mount("rpool/home/anna", "/home/anna", "zfs"),
    mount("rpool/var/log", "/var/log", "zfs"),
    mount("rpool/docker/1a2b", "/var/lib/docker/zfs/graph/1a2b", "zfs"),
    mount("tank@yesterday", "/snapshot", "zfs"),
    mount("tank/media", "/tank/media", "zfs"),
  ];
  const found = await proposeSources(mounts, machine(["/etc", "/home"]));
  assert.deepEqual(found.map(({ kind, name, usual }) => [kind, name, usual]), [
    ["directory", "/etc", true],
    ["dataset", "rpool/ROOT/debian", false],
    ["dataset", "rpool/home", true],
    ["dataset", "rpool/home/anna", true],
    ["dataset", "rpool/var/log", false],
    ["dataset", "tank/media", true],
  ]);
});
