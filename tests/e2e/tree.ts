/**
 * A tree with one of everything that a file system can hold, and a comparison of two trees, entry by
 * entry. Python does both: names need not be UTF-8, and there are attributes that Deno does not know.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runToEnd, searchPath, which } from "./program.ts";

/** Why there can be no such tree here; `undefined` when there can. */
export const NO_TREES: string | undefined = which("python3") === undefined
  ? "python3 is not installed"
  : undefined;

const MAKE = `
import os, sys, struct
os.chdir(sys.argv[1])
root = os.geteuid() == 0

def write(name, content=b"x", mode=0o644):
    fd = os.open(name, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(fd, content)
    os.close(fd)
    os.chmod(name, mode)

write("plain", b"content")
write("empty", b"")
write("private", mode=0o600)
write("set-uid", mode=0o4755)
write("set-gid", mode=0o2755)
write("read-only", mode=0o400)
write("no-mode", mode=0o000)
write(b"\\xff\\xfe not utf-8")
write("new\\nline")
write("tab\\tand \\x1b[31mescape")
write(" blanks ")
write("-dash")
write("pf:prefix")
write("[ab]*?.glob")
write("ünïcödé 漢字 😀")
write("n" * 255)
os.mkdir("empty directory")
os.makedirs("/".join(["deep" * 20] * 12))
os.mkdir("sticky")
os.chmod("sticky", 0o1777)
os.mkdir("closed")
write("closed/inside")
os.chmod("closed", 0o500)
os.mkdir("links")
write("links/one", b"linked")
os.link("links/one", "links/two")
os.link("links/one", "three")
os.symlink("plain", "link")
os.symlink("nowhere/at all", "dangling")
os.symlink(b"\\xff", "odd link")
os.mkfifo("fifo", 0o640)
with open("sparse", "wb") as sparse:
    sparse.truncate(24 * 1048576)
    sparse.seek(12 * 1048576)
    sparse.write(b"in the middle")
if root:
    os.chown("private", 4711, 4712)
    os.chown("link", 4711, 4712, follow_symlinks=False)
    os.mknod("device", 0o600 | 0o020000, os.makedev(1, 3))
try:
    os.setxattr("plain", "user.comment", b"\\x00binary\\xff")
    os.setxattr("links", "user.of a directory", b"yes")
except OSError as error:
    print("no extended attributes:", error)
try:
    def acl(*entries):
        return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    nobody, unset = 65534, 0xFFFFFFFF
    access = acl((1, 6, unset), (2, 4, nobody), (4, 4, unset), (16, 4, unset), (32, 0, unset))
    os.setxattr("read-only", "system.posix_acl_access", access)
    os.setxattr("sticky", "system.posix_acl_default", access)
except OSError as error:
    print("no access control lists:", error)
for path in ("plain", "links", "link"):
    os.utime(path, ns=(0, 1234567890123456789), follow_symlinks=False)
`;

const DESCRIBE = `
import hashlib, json, os, stat, sys

def describe(path):
    info = os.lstat(path)
    line = {"mode": stat.filemode(info.st_mode), "owner": "%d:%d" % (info.st_uid, info.st_gid)}
    line["modified"] = info.st_mtime_ns
    if stat.S_ISREG(info.st_mode):
        with open(path, "rb") as file:
            line["content"] = hashlib.sha256(file.read()).hexdigest()
        line["size"] = info.st_size
        line["holes"] = info.st_size > 1048576 and info.st_blocks * 512 < info.st_size // 2
    if not stat.S_ISDIR(info.st_mode) and info.st_nlink > 1:
        inodes.setdefault((info.st_dev, info.st_ino), []).append(path)
    if stat.S_ISLNK(info.st_mode):
        line["target"] = repr(os.readlink(path))
    if stat.S_ISCHR(info.st_mode):
        line["device"] = info.st_rdev
    for name in os.listxattr(path, follow_symlinks=False):
        line[name] = os.getxattr(path, name, follow_symlinks=False).hex()
    return line

os.chdir(os.fsencode(sys.argv[1]))
inodes, tree = {}, {}
for directory, names, files in os.walk(b"."):
    for name in [b"."] * (directory == b".") + names + files:
        path = os.path.join(directory, name)
        tree[repr(path)] = describe(path)
for paths in inodes.values():
    paths.sort()
    for path in paths:
        tree[repr(path)]["same as"] = repr(paths)
print(json.dumps(tree))
`;

/**
 * Makes the tree.
 *
 * @param directory an existing directory
 */
export async function makeTree(directory: string): Promise<void> {
  await python(MAKE, directory);
}

/**
 * Demands that two trees are the same: names, modes, owners, times, contents, holes, hard links,
 * links, devices, extended attributes and access control lists.
 *
 * @param actual a directory
 * @param expected another one
 */
export async function assertSameTree(actual: string, expected: string): Promise<void> {
  const [one, other] = await Promise.all([describe(actual), describe(expected)]);
  assert.ok(Object.keys(other).length > 1, "there is something to compare");
  assert.deepEqual(one, other);
}

async function describe(directory: string): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse(await python(DESCRIBE, directory));
  assert.ok(typeof value === "object" && value !== null);
  return { ...value };
}

async function python(script: string, directory: string): Promise<string> {
  const env = { PATH: searchPath(), LC_ALL: "C.UTF-8" };
  const ended = await runToEnd(["python3", "-c", script, directory], { env });
  assert.equal(ended.code, 0, ended.stderr);
  return ended.stdout;
}
