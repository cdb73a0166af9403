/**
 * Walks the sources for the files that may be read back. Only directories are read: that costs a few
 * microseconds a file, and no file is looked at.
 *
 * @module
 */
import { LocalDisks } from "../files/local_disk.ts";
import { EMPTY_HASH, extendHash, slotOf, slotOfPath } from "./plan_slots.ts";

/** What is walked. */
export interface WalkedTree {
  /** What the paths are relative to. */
  readonly root: string;
  /** Directories or files, relative to the root; "." is the root itself. */
  readonly paths: readonly string[];
  /** Directories that are not entered, relative to the root. */
  readonly apart: ReadonlySet<string>;
  /** Says whether the excludes keep a directory out of the archive; in doubt they do not. */
  readonly isExcluded: (path: string) => boolean;
  /** A directory with an entry of one of these names is not archived. */
  readonly markers: readonly string[];
}

/** Hears of a file: of the path before its name, of its name, and of its slot. */
type OnFile = (directory: string, name: string, slot: number) => void;

/** How many directories are read at the same time. */
const WIDTH = 8;

/** A walk through the sources that may be given up. */
export class FileWalk {
  readonly #tree: WalkedTree;
  readonly #onFile: OnFile;
  /** Directories, each with a slash at its end; the root is empty. */
  readonly #stack: string[] = [];
  readonly #disks = new LocalDisks();
  #read = 0;

  constructor(tree: WalkedTree, onFile: OnFile) {
    this.#tree = tree;
    this.#onFile = onFile;
  }

  /** How many directories have been read: it grows as long as no file system hangs. */
  get read(): number {
    return this.#read;
  }

  /** Walks all of it. What can't be read, or goes meanwhile, is none of its business. */
  async run(signal: AbortSignal): Promise<void> {
    for (const path of this.#tree.paths) {
      await this.#start(path);
      while (this.#stack.length > 0 && !signal.aborted) {
        const batch = this.#stack.splice(-WIDTH);
        await Promise.all(batch.map((directory) => this.#enter(directory)));
      }
    }
  }

  async #start(path: string): Promise<void> {
    const info = await Deno.lstat(`${this.#tree.root}/${path}`).catch(() => undefined);
    this.#read += 1;
    if (info?.isDirectory) this.#push(path === "." ? "" : path);
    else if (info?.isFile) this.#onFile("", path, slotOfPath(path));
  }

  #push(path: string): void {
    const { apart, isExcluded } = this.#tree;
    if (apart.has(path) || (path !== "" && isExcluded(path))) return;
    this.#stack.push(path === "" ? "" : `${path}/`);
  }

  async #enter(prefix: string): Promise<void> {
    const entries = await this.#entriesOf(`${this.#tree.root}/${prefix}`.replace(/\/+$/, ""));
    this.#read += 1;
    const { markers } = this.#tree;
    if (markers.length > 0 && entries.some(({ name }) => markers.includes(name))) return;
    const hash = extendHash(EMPTY_HASH, prefix);
    for (const { name, isFile, isDirectory } of entries) {
      // A name that is not UTF-8 can't be handed to Borg as it is.
      if (name.includes("\ufffd")) continue;
      if (isFile) this.#onFile(prefix, name, slotOf(extendHash(hash, name)));
      else if (isDirectory) this.#push(prefix + name);
    }
  }

  /** What is in a directory; nothing when it can't be read, even by root, or has just gone. */
  async #entriesOf(path: string): Promise<readonly Deno.DirEntry[]> {
    try {
      // In one go it takes a third of the time, but all of autoborg waits for it.
      const isLocal = await this.#disks.has(path);
      return isLocal ? [...Deno.readDirSync(path)] : await Array.fromAsync(Deno.readDir(path));
    } catch {
      // Borg meets the same directory, and says what is wrong with it.
      return [];
    }
  }
}
