/**
 * The calls of the file system that staging makes, on mounts in memory.
 *
 * @module
 */
import { dirname } from "node:path";
import type { StagingFiles } from "../../../lib/staging/staging_files.ts";
import type { Mounts, Place } from "./memory_mounts.ts";
import { newNode, type Node, systemError } from "./memory_nodes.ts";

/** Called before each call; may throw, or never return. */
export type BeforeCall = (call: string, path: string) => Promise<void>;

/**
 * Makes the calls.
 *
 * @param mounts what they work on
 * @param before what happens before each of them
 */
export function memoryFiles(mounts: Mounts, before: BeforeCall): StagingFiles {
  const textOf = (path: string | URL) => path instanceof URL ? path.pathname : path;
  const make = (path: string, node: Node) => {
    const parent = mounts.find(dirname(path));
    if (parent.mount.readOnly) throw systemError("Read-only file system", 30);
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (parent.node.entries.has(name)) throw new Deno.errors.AlreadyExists("File exists");
    parent.node.entries.set(name, node);
  };
  return {
    async lstat(path) {
      await before("lstat", textOf(path));
      return infoOf(mounts.find(textOf(path), false));
    },
    async mkdir(path, options) {
      await before("mkdir", textOf(path));
      const names = textOf(path).split("/");
      if (options?.recursive !== true) return make(textOf(path), newNode("directory"));
      for (let length = 2; length <= names.length; length++) {
        const step = names.slice(0, length).join("/");
        if (exists(mounts, step)) continue;
        make(step, newNode("directory"));
      }
      if (mounts.find(textOf(path)).node.kind !== "directory") {
        throw new Deno.errors.AlreadyExists("File exists");
      }
    },
    async *readDir(path) {
      await before("readDir", textOf(path));
      const { node } = mounts.find(textOf(path));
      if (node.kind !== "directory") throw new Deno.errors.NotADirectory("Not a directory");
      for (const [name, { kind }] of [...node.entries]) yield { name, ...kinds(kind) };
    },
    async readLink(path) {
      await before("readLink", textOf(path));
      return mounts.find(textOf(path), false).node.text;
    },
    async realPath(path) {
      await before("realPath", textOf(path));
      return mounts.realPath(textOf(path));
    },
    async remove(path) {
      await before("remove", textOf(path));
      remove(mounts, textOf(path));
    },
    async symlink(target, path) {
      await before("symlink", textOf(path));
      make(textOf(path), newNode("link", textOf(target)));
    },
    async writeFile(path) {
      await before("writeFile", textOf(path));
      make(textOf(path), newNode("file"));
    },
  };
}

function remove(mounts: Mounts, path: string): void {
  const { mount, node } = mounts.find(path, false);
  const parent = mounts.find(dirname(path));
  if (mount !== parent.mount || mounts.all.some(({ point }) => point === node)) {
    throw new Deno.errors.Busy("Device or resource busy (os error 16)");
  }
  if (mount.readOnly) throw systemError("Read-only file system", 30);
  if (node.entries.size > 0) throw systemError("Directory not empty", 39);
  parent.node.entries.delete(path.slice(path.lastIndexOf("/") + 1));
}

/** Whether there is anything at a path. */
export function exists(mounts: Mounts, path: string): boolean {
  try {
    mounts.find(path, false);
    return true;
  } catch {
    return false;
  }
}

function kinds(kind: Node["kind"]) {
  return {
    isFile: kind === "file",
    isDirectory: kind === "directory",
    isSymlink: kind === "link",
  };
}

function infoOf({ mount, node }: Place): Deno.FileInfo {
  const { ino, kind, mode, text } = node;
  return {
    ...kinds(kind),
    size: text.length,
    mtime: null,
    atime: null,
    birthtime: null,
    ctime: null,
    dev: mount.system.dev,
    ino,
    mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    blksize: 512,
    blocks: 1,
    isBlockDevice: false,
    isCharDevice: false,
    isFifo: false,
    isSocket: false,
  };
}
