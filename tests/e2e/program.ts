/**
 * Starts programs for the tests: autoborg as a black box, and others beside it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** What a program did. */
export interface Ended {
  /** Its exit code; 128 and the signal's number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is started. */
export interface Start {
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** The root of the source tree. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** The compiled program that is tested; `undefined` when the source is. */
export const BINARY: string | undefined = Deno.env.get("AUTOBORG_BIN") || undefined;

/** The command line of autoborg. */
export function autoborgCommand(): readonly string[] {
  if (BINARY !== undefined) return [BINARY];
  const options = ["--quiet", "--no-prompt", "-P", `--config=${ROOT}deno.json`];
  return [Deno.execPath(), "run", ...options, `${ROOT}main.ts`];
}

/**
 * The search path of the tests, with a Borg in front that does not test itself at each start.
 * `AUTOBORG_TEST_BORG_DIR` picks another Borg.
 */
export function searchPath(): string {
  const path = Deno.env.get("PATH") ?? "/usr/bin:/bin";
  const front = Deno.env.get("AUTOBORG_TEST_BORG_DIR") ?? "";
  const directories = [`${ROOT}tests/e2e/untested_borg`, front, path];
  return directories.filter((directory) => directory !== "").join(":");
}

/**
 * Finds a program as a shell would.
 *
 * @param name the program's name
 * @param more directories that are looked at last, such as /usr/sbin
 * @returns its path, or `undefined` when it is not installed
 */
export function which(name: string, ...more: readonly string[]): string | undefined {
  return [...searchPath().split(":"), ...more].map((directory) => `${directory}/${name}`)
    .find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    });
}

/** A program that is at work. */
export class Running {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Promise<void>;
  readonly #stderr: Promise<void>;
  #out = "";
  #err = "";
  #wake = Promise.withResolvers<void>();

  /**
   * @param command program and arguments
   * @param start how it is started
   */
  constructor(command: readonly string[], start: Start) {
    const [program = "", ...args] = command;
    this.#child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { ...start.env },
      ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
      stdin: start.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (start.stdin !== undefined) this.#feed(start.stdin);
    this.#stdout = this.#collect(this.#child.stdout, (text) => this.#out += text);
    this.#stderr = this.#collect(this.#child.stderr, (text) => this.#err += text);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Waits until it has printed something.
   *
   * @param pattern what to wait for, in standard output and standard error
   * @param timeout milliseconds
   * @returns what matched
   */
  async prints(pattern: RegExp, timeout = 30_000): Promise<string> {
    const end = Date.now() + timeout;
    for (;;) {
      const wake = this.#wake.promise;
      const match = pattern.exec(this.#out) ?? pattern.exec(this.#err);
      if (match !== null) return match[0];
      if (Date.now() > end) {
        const tail = `${this.#out}${this.#err}`.slice(-2_000);
        throw new Error(`It did not print ${pattern}; its last words:\n${tail}`);
      }
      await Promise.race([wake, pause(250)]);
    }
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async end(): Promise<Ended> {
    const status = await this.#child.status;
    await Promise.all([this.#stdout, this.#stderr]);
    return { code: status.code, stdout: this.#out, stderr: this.#err };
  }

  async #collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      take(decoder.decode(chunk, { stream: true }));
      this.#wake.resolve();
      this.#wake = Promise.withResolvers<void>();
    }
  }

  async #feed(text: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  }
}

/**
 * Runs a program to its end.
 *
 * @param command program and arguments
 * @param start how it is started
 */
export function runToEnd(command: readonly string[], start: Start): Promise<Ended> {
  return new Running(command, start).end();
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Waits until something holds.
 *
 * @param holds is asked again and again
 * @param timeout milliseconds
 * @returns whether it held in time
 */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  timeout: number,
): Promise<boolean> {
  for (const end = Date.now() + timeout; Date.now() < end; await pause(50)) {
    if (await holds()) return true;
  }
  return await holds();
}

/** A process of this machine. */
export interface ProcessSeen {
  readonly pid: number;
  readonly args: readonly string[];
}

/**
 * Lists the processes whose arguments hold a text; zombies have no arguments.
 *
 * @param text such as the test's own directory
 */
export function processesWith(text: string): ProcessSeen[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) return [];
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      return line.includes(text) ? [{ pid: Number(name), args: line.split("\0") }] : [];
    } catch {
      return [];
    }
  });
}
