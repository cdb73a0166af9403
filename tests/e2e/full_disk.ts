/**
 * Small file systems in memory, to be filled up. Only root may mount them.
 *
 * @module
 */
import { runToEnd } from "./program.ts";

/** A file system of its own at a directory. */
export class SmallDisk implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Mounts one.
   *
   * @param directory where; it is made when it is missing
   * @param size how large it is, as mount(8) takes it
   * @returns it, or `undefined` when we may not mount anything
   */
  static async mount(directory: string, size: string): Promise<SmallDisk | undefined> {
    await Deno.mkdir(directory, { recursive: true });
    const options = ["-t", "tmpfs", "-o", `size=${size},mode=0700`];
    const { code } = await call("mount", ...options, "autoborg-test", directory);
    return code === 0 ? new SmallDisk(directory) : undefined;
  }

  /** Fills it to the last byte. */
  fill(): void {
    using file = Deno.openSync(`${this.#directory}/ballast`, { append: true, create: true });
    const bytes = new Uint8Array(4_096);
    try {
      while (true) file.writeSync(bytes);
    } catch {
      // Now it is full.
    }
  }

  /** Makes room again. */
  empty(): void {
    Deno.removeSync(`${this.#directory}/ballast`);
  }

  /** Lets nobody write to it any more. */
  async makeReadOnly(): Promise<void> {
    await call("mount", "-o", "remount,ro", this.#directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await call("umount", "--lazy", this.#directory);
  }
}

function call(...command: readonly string[]) {
  return runToEnd(command, { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });
}
