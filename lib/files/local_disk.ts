/** Which file systems answer without another machine or another program. @module */
import { statfs } from "node:fs/promises";

/** File systems on disks of this machine, by the numbers of `statfs` (linux/magic.h). */
const LOCAL = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
]);

/** Says of devices, once for each of them, whether reading from them never waits for others. */
export class LocalDisks {
  readonly #known = new Map<number, boolean>();

  /**
   * Whether a path lies on a disk of this machine; in doubt it does not.
   *
   * @throws {Error} when there is no such path
   */
  async has(path: string): Promise<boolean> {
    const { dev } = await Deno.lstat(path);
    const known = this.#known.get(dev);
    if (known !== undefined) return known;
    // As a signed number of 32 bits some would be negative.
    const isLocal = LOCAL.has((await statfs(path)).type >>> 0);
    this.#known.set(dev, isLocal);
    return isLocal;
  }
}
