/**
 * Keeps the machine from being suspended or switched off by a desktop, a lid or an idle timer while
 * something long is going on. An aid and no more: where systemd-inhibit, D-Bus or logind are missing,
 * or refuse, nothing is said, and nothing waits for an answer.
 *
 * `systemd-inhibit` holds the lock as long as the program lives that it starts. That is `cat` on a pipe
 * of ours: the kernel closes the pipe however we end, SIGKILL included, and `cat` ends with it.
 *
 * @module
 */
import { safeEnvironment } from "./search_path.ts";

const PROGRAM = "systemd-inhibit";

/**
 * Takes the lock, without waiting for it.
 *
 * @param why what is going on, as `systemd-inhibit --list` shows it
 * @param environment `PATH`
 * @returns disposing of it releases the lock
 */
export function inhibitSleep(
  why: string,
  environment: Readonly<Record<string, string>>,
): Disposable {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(PROGRAM, {
      args: ["--what=sleep:shutdown", "--mode=block", "--who=autoborg", `--why=${why}`, "cat"],
      clearEnv: true,
      env: safeEnvironment(PROGRAM, environment),
      cwd: "/",
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      // Not on our terminal, where a Ctrl-C would end it before the run has ended.
      detached: true,
    }).spawn();
  } catch {
    return { [Symbol.dispose]: () => {} };
  }
  // Neither its life nor its death keeps us from anything.
  child.unref();
  child.status.catch(() => {});
  return { [Symbol.dispose]: () => release(child) };
}

function release(child: Deno.ChildProcess): void {
  child.stdin.close().catch(() => {});
  try {
    // It may still be waiting for an answer of D-Bus.
    child.kill("SIGTERM");
  } catch {
    // It has ended, because there is no logind.
  }
}
