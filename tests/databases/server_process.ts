/**
 * What the servers of databases that tests start have in common: a directory of their own, a user who
 * is not root, a port that is free.
 *
 * @module
 */
import { join } from "node:path";
import { pause } from "../e2e/program.ts";

/** A user whom a server runs as: servers of databases refuse root. */
export interface ServerUser {
  readonly name: string;
  /** Absent: our own user. */
  readonly numbers?: { readonly uid: number; readonly gid: number };
}

/** Every program finds its libraries and its messages the same way. */
export const ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
};

/** The name of a test, with the reason for which it is not run. */
export function nameOfTest(name: string, ...reasons: readonly (string | undefined)[]): string {
  const reason = reasons.find((one) => one !== undefined);
  return reason === undefined ? name : `${name} (not run: ${reason})`;
}

/** Finds the user of a package's server; our own when we are not root. */
export function serverUser(name: string): ServerUser | undefined {
  const lines = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"));
  if (Deno.uid() !== 0) {
    const own = lines.find(([, , uid]) => uid === String(Deno.uid()))?.[0];
    return own === undefined ? undefined : { name: own };
  }
  const [, , uid, gid] = lines.find(([first]) => first === name) ?? [];
  return uid === undefined ? undefined : { name, numbers: { uid: Number(uid), gid: Number(gid) } };
}

/** Finds a file of several that may be there, such as programs that `PATH` does not lead to. */
export function firstThere(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Makes a directory that the server's user owns, and that others can enter. */
export function makeServerDirectory(user: ServerUser): string {
  const directory = Deno.makeTempDirSync({ prefix: "autoborg-server-" });
  if (user.numbers !== undefined) Deno.chownSync(directory, user.numbers.uid, user.numbers.gid);
  Deno.chmodSync(directory, 0o755);
  return directory;
}

/**
 * Runs a program to its end.
 *
 * @returns its standard output
 * @throws {Error} with its last words when it fails
 */
export async function demand(
  command: readonly string[],
  user: ServerUser,
  env: Readonly<Record<string, string>> = {},
  stdin = "",
): Promise<string> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { ...ENV, ...env },
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...user.numbers,
  }).spawn();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(stdin)).then(() => writer.close());
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), fed.catch(() => {})]);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`${program} failed with ${code}:\n${decode(stderr)}`);
  return decode(stdout);
}

/** A server that runs until it is disposed of. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #log: string;

  /**
   * @param directory where its log goes
   */
  constructor(command: readonly string[], user: ServerUser, directory: string) {
    const [program = "", ...args] = command;
    this.#log = join(directory, "server.log");
    // That of a server which was killed says that it is ready.
    if (firstThere([this.#log]) !== undefined) Deno.removeSync(this.#log);
    // A log in a file: what a test leaves unread would stop the server at a full pipe.
    const shell = 'log=$1; shift; exec "$@" >"$log" 2>&1';
    this.#child = new Deno.Command("/bin/sh", {
      args: ["-c", shell, "server", this.#log, program, ...args],
      clearEnv: true,
      env: { ...ENV },
      cwd: "/",
      stdin: "null",
      stdout: "null",
      stderr: "null",
      ...user.numbers,
    }).spawn();
  }

  /** The process id of the server. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until the server's log has a line. */
  async prints(pattern: RegExp, timeout = 60_000): Promise<void> {
    for (const end = performance.now() + timeout; performance.now() < end; await pause(25)) {
      const log = await Deno.readTextFile(this.#log).catch(() => "");
      if (pattern.test(log)) return;
    }
    throw new Error(`The server did not start:\n${await Deno.readTextFile(this.#log)}`);
  }

  /** Ends the server at once, as the kernel does when memory is short. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends the server and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Fast shutdown for PostgreSQL, which waits for its clients at SIGTERM.
    await this.#end("SIGINT");
  }

  async #end(signal: Deno.Signal): Promise<void> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#child.status;
  }
}

/** A port of this machine that nothing listens at. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
