import assert from "node:assert/strict";
import {
  asPrinted,
  findZfsMount,
  mountAt,
  mountOptions,
  parseMountLine,
  zfsSourceAt,
} from "../../lib/zfs/mount_table.ts";

// As util-linux 2.41 prints it.
const OPTIONS = "rw,relatime,xattr,noacl,casesensitive";
const LINES = [
  "/dev/vda on / type ext4 (rw,relatime)",
  `tank/data on /srv/data type zfs (${OPTIONS})`,
  `tank/x on  on /tank/x on  type zfs (${OPTIONS})`,
  `tank/paren on /srv/p (x) type zfs (ro) type zfs (${OPTIONS})`,
  `tank/nl on /srv/new?line type zfs (${OPTIONS})`,
  `tank/data@s on /run/a/srv/data type zfs (ro,nosuid,nodev,noexec,relatime,xattr)`,
  `tank/data@w on /run/a/writable type zfs (${OPTIONS})`,
  `tank/old on /srv/stack type zfs (${OPTIONS})`,
  `tank/new on /srv/stack type zfs (${OPTIONS})`,
];

Deno.test("findZfsMount() wants exactly this source at exactly this target", () => {
  assert.deepEqual(findZfsMount(LINES, "tank/data@s", "/run/a/srv/data"), { readOnly: true });
  assert.deepEqual(findZfsMount(LINES, "tank/data@w", "/run/a/writable"), { readOnly: false });
  assert.equal(findZfsMount(LINES, "tank/data@s", "/run/a/srv"), undefined);
  assert.equal(findZfsMount(LINES, "tank/data@", "/run/a/srv/data"), undefined);
  assert.equal(findZfsMount(LINES, "tank/paren", "/srv/p (x)"), undefined);
  assert.deepEqual(findZfsMount(LINES, "tank/paren", "/srv/p (x) type zfs (ro)"), {
    readOnly: false,
  });
  assert.deepEqual(findZfsMount(LINES, "tank/nl", "/srv/new\nline"), { readOnly: false });
});

Deno.test("zfsSourceAt() finds the dataset of a mount point, the topmost of several", () => {
  assert.equal(zfsSourceAt(LINES, "/srv/data"), "tank/data");
  assert.equal(zfsSourceAt(LINES, "/tank/x on "), "tank/x on ");
  assert.equal(zfsSourceAt(LINES, "/srv/p (x) type zfs (ro)"), "tank/paren");
  assert.equal(zfsSourceAt(LINES, "/srv/stack"), "tank/new");
  assert.equal(zfsSourceAt(LINES, "/"), undefined);
  assert.equal(zfsSourceAt(LINES, "/srv"), undefined);
});

Deno.test("mountAt() finds the topmost mount of a target", () => {
  const lines = [...LINES, "borgfs on /mnt/a type fuse (ro)", "tmpfs on /mnt/a b type tmpfs (rw)"];
  assert.deepEqual(mountAt(lines, "/mnt/a"), { source: "borgfs", target: "/mnt/a", type: "fuse" });
  assert.equal(mountAt(lines, "/mnt/a b")?.type, "tmpfs");
  assert.equal(mountAt(lines, "/srv/stack")?.source, "tank/new");
  assert.equal(mountAt(lines, "/")?.type, "ext4");
  assert.equal(mountAt(lines, "/mnt"), undefined);
});

Deno.test("mountOptions() takes what is in the last parentheses", () => {
  assert.deepEqual(mountOptions("/a (b) on /c type ext4 (rw,user=u)"), ["rw", "user=u"]);
  assert.deepEqual(mountOptions("evil"), []);
});

Deno.test("parseMountLine() takes plain lines apart and gives up on others", () => {
  assert.deepEqual(parseMountLine(LINES[0] ?? ""), {
    source: "/dev/vda",
    target: "/",
    type: "ext4",
  });
  assert.equal(parseMountLine("evil"), undefined);
  assert.equal(parseMountLine(""), undefined);
});

Deno.test("asPrinted() replaces control characters alone", () => {
  assert.equal(asPrinted("/a\tb\nc\x7f\\ü d"), "/a?b?c?\\ü d");
});
