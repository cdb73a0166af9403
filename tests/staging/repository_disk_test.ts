import assert from "node:assert/strict";
import { diskProblem } from "../../lib/staging/repository_disk.ts";
import type { MountLine } from "../../lib/zfs/mount_table.ts";

const ROOT: MountLine = { source: "/dev/sda1", target: "/", type: "ext4" };

/** What is said of a repository, with one source, `/srv`; `/` and `/srv` are on device 1. */
function said(path: string, dev: number, mounts: readonly MountLine[], sameDisk = false) {
  const repository = { label: "disk", path, sameDisk };
  const at = (real: string, dev: number) => ({ live: real, real, dev });
  const all = [ROOT, ...mounts];
  return diskProblem(repository, [at(path, dev), at("/", 1)], [at("/srv", 1)], all)?.message;
}

Deno.test("diskProblem() warns of a repository on the device of a source", () => {
  assert.match(said("/backup/borg", 1, []) ?? "", /lies on the file system of the source "\/srv"/);
  assert.equal(said("/backup/borg", 1, [], true), undefined);
});

Deno.test("diskProblem() says nothing of a repository on a disk of its own", () => {
  const disk = { source: "/dev/sdb1", target: "/mnt/disk", type: "ext4" };
  assert.equal(said("/mnt/disk/borg", 2, [disk]), undefined);
  const backup = { source: "/dev/sdb1", target: "/backup", type: "ext4" };
  assert.equal(said("/backup/borg", 2, [backup]), undefined);
});

Deno.test("diskProblem() warns where nothing is mounted below /mnt and /media", () => {
  for (const path of ["/mnt/disk/borg", "/media/anna/disk/borg", "/mnt/borg"]) {
    // The second line is what a service with ReadWritePaths sees.
    const mounts = ["/mnt/other", path].map((target) => ({ ...ROOT, target }));
    assert.match(said(path, 1, mounts) ?? "", /no disk is mounted below "\/m/, path);
    assert.equal(said(path, 1, mounts, true), undefined);
  }
  assert.equal(
    said("/mnt/borg", 2, [{ source: "nas:/x", target: "/mnt", type: "nfs4" }]),
    undefined,
  );
});

Deno.test("diskProblem() knows one pool, and one disk with several file systems of Btrfs", () => {
  const dataset = (name: string, target: string) => ({ source: name, target, type: "zfs" });
  const pools = [dataset("tank/srv", "/srv"), dataset("tank/backup", "/backup")];
  assert.match(said("/backup/borg", 2, pools) ?? "", /lies in the pool of the source "\/srv"/);
  const others = [dataset("tank/srv", "/srv"), dataset("vault", "/backup")];
  assert.equal(said("/backup/borg", 2, others), undefined);
  const btrfs = ["/srv", "/backup"].map((target) => ({
    source: "/dev/sdb",
    target,
    type: "btrfs",
  }));
  assert.match(said("/backup/borg", 2, btrfs) ?? "", /lies on the file system of the source/);
});
