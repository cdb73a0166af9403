/**
 * Signals to everything that a program has started.
 *
 * Programs are started as leaders of a process group of their own (`setsid`), so the group has the
 * number of the program. Deno can't signal a group unless it may run any program at all, hence
 * `kill`, which procps, util-linux and busybox have. A process that leaves the group (a daemon
 * that calls `setsid` itself) is not reached.
 *
 * The number of a group is not given to another process as long as one of its members is left; when
 * none is, `kill` finds nothing. Numbers are given out in turn, so that one which has just become
 * free is not used again in the moment that lies between.
 *
 * @module
 */
import { LATE, within } from "../async/deadline.ts";
import { safeEnvironment } from "./search_path.ts";

/** How long `kill` itself may take, in milliseconds. */
const KILL_LIMIT = 5_000;
/** How long the members of a group may take to end after SIGTERM, and after SIGKILL, in milliseconds. */
const GROUP_TIMEOUT = 5_000;
/** The pauses between two looks whether a group has ended grow up to this, in milliseconds. */
const LONGEST_PAUSE = 400;

/** A process group, named by the number of its leader. */
export class ProcessGroup {
  readonly #leader: number;
  readonly #path: string | undefined;

  /**
   * @param leader the number of the process that leads the group
   * @param path `PATH`, where `kill` is looked for
   */
  constructor(leader: number, path: string | undefined) {
    this.#leader = leader;
    this.#path = path;
  }

  /**
   * Signals all members.
   *
   * @returns whether a member was reached; false as well when there is no `kill`
   */
  async signal(signal: "SIGTERM" | "SIGKILL"): Promise<boolean> {
    return await this.#kill(signal.slice("SIG".length));
  }

  /** Ends the members that are left when the leader has ended: SIGTERM, some time, SIGKILL. */
  async end(asked = false): Promise<void> {
    if (!asked && !await this.signal("SIGTERM")) return;
    if (await this.#isGone()) return;
    if (await this.signal("SIGKILL")) await this.#isGone();
  }

  async #isGone(): Promise<boolean> {
    const end = performance.now() + GROUP_TIMEOUT;
    for (let pause = 25; performance.now() < end; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
      // Signal 0 only looks.
      if (!await this.#kill("0")) return true;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return false;
  }

  async #kill(signal: string): Promise<boolean> {
    // Without "--" procps takes some numbers of groups for options; busybox knows no "--".
    const target = `-${this.#leader}`;
    const result = await this.#run(["-s", signal, "--", target]);
    if (result === undefined || result.success) return result?.success ?? false;
    if (!result.words.includes("'--'")) return false;
    return (await this.#run(["-s", signal, target]))?.success ?? false;
  }

  async #run(
    args: readonly string[],
  ): Promise<{ readonly success: boolean; readonly words: string } | undefined> {
    try {
      const child = new Deno.Command("kill", {
        args: [...args],
        clearEnv: true,
        env: safeEnvironment("kill", this.#path === undefined ? {} : { PATH: this.#path }),
        cwd: "/",
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const ended = await within(child.output(), KILL_LIMIT);
      if (ended === LATE) return undefined;
      return { success: ended.success, words: new TextDecoder().decode(ended.stderr) };
    } catch {
      // It is not installed, or not safe: the program itself can still be signalled.
      return undefined;
    }
  }
}
