import assert from "node:assert/strict";
import { isTemporaryPlace, lastingMounts } from "../../lib/staging/lasting_mounts.ts";

const ID = "0123456789abcdef".repeat(4);

/** Lines as `mount` prints them on servers. */
const LASTING = [
  "/dev/sda1 on / type ext4 (rw,relatime,errors=remount-ro)",
  "/dev/sdb1 on /srv/photos type xfs (rw,relatime)",
  "/dev/sdb2 on /media/data type ext4 (rw,relatime)",
  "//nas/share on /srv/share type cifs (rw,relatime,vers=3.1.1,username=backup,uid=0)",
  "nas:/export on /srv/nas type nfs4 (rw,relatime,vers=4.2)",
  "/dev/sdc1 on /srv/ntfs type fuseblk (rw,relatime,user_id=0,group_id=0,allow_other)",
  "disk1:disk2 on /srv/pool type fuse.mergerfs (rw,relatime,user_id=0,group_id=0,allow_other)",
  "tank/data on /srv/tank type zfs (rw,xattr,noacl)",
  "tmpfs on /var/cache/site type tmpfs (rw,size=1048576k)",
  "/dev/sdd1 on /var/lib/docker type ext4 (rw,relatime)",
  "/dev/sde1 on /var/lib/docker/volumes type ext4 (rw,relatime)",
];

const TEMPORARY = [
  "proc on /proc type proc (rw)",
  "tmpfs on /run/user/0 type tmpfs (rw,nosuid)",
  "overlay on /srv/docker/overlay2/x/merged type overlay (rw)",
  `tank/docker/${ID} on /srv/engine/zfs/graph/${ID} type zfs (rw)`,
  "gvfsd-fuse on /home/u/.gvfs type fuse.gvfsd-fuse (rw,user_id=1000,group_id=1000)",
  "borgfs on /home/u/archive type fuse (ro,user_id=0,group_id=0)",
  "/home/u/.Private on /home/u type ecryptfs (rw)",
  "/dev/sdf1 on /media/u/STICK type vfat (rw,nosuid,uhelper=udisks2)",
  "/dev/sdg1 on /srv/stick type ext4 (rw,nosuid,noexec,user=u)",
  "/dev/sr0 on /srv/disc type iso9660 (ro)",
  "tank/data@daily on /srv/tank/.zfs/snapshot/daily type zfs (ro)",
  "nas:/export/sub on /srv/nas/sub type nfs4 (rw,relatime,vers=4.2)",
  "systemd-1 on /srv/auto type autofs (rw,relatime,fd=50,direct)",
  "/dev/sdh1 on /srv/auto type ext4 (rw)",
  "/etc/auto.home on /net type autofs (rw,indirect)",
  "nas:/home on /net/home type nfs4 (rw)",
];

Deno.test("lastingMounts() takes disks, shares, pools and what is bound to stay", () => {
  const found = lastingMounts([...TEMPORARY, ...LASTING, "no such line"]);
  assert.deepEqual(
    found.map(({ source, target, type }) => `${source} on ${target} type ${type}`),
    LASTING.map((line) => line.replace(/ \(.*/, "")),
  );
});

Deno.test("isTemporaryPlace() knows where programs mount what they need", () => {
  const temporary = [
    ...["/tmp", "/tmp/build", "/var/tmp/x", "/var/lib/kubelet/pods/x/volumes/y/mount"],
    ...["/var/lib/docker/containers/x/mounts/shm", "/var/lib/docker/volumes/v/_data"],
    ...["/var/lib/containers/storage/overlay", "/var/snap/lxd/common/ns"],
  ];
  const others = [
    ...["/", "/tmpl", "/srv/tmp", "/var/lib/docker", "/var/lib/docker/volumes"],
    ...["/var/lib/containers/storage", "/var/lib/kubelet", "/var/lib/mysql"],
  ];
  assert.deepEqual([...temporary, ...others].filter(isTemporaryPlace), temporary);
});
