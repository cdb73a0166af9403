/**
 * A real sshd on the loopback interface, for one test: its own port, host key, user key and
 * `authorized_keys`; everything lies below one directory.
 *
 * @module
 */
import { join } from "node:path";
import { pause, Running, runToEnd, searchPath, which } from "./program.ts";
import type { Table } from "./place.ts";

const SSHD = which("sshd", "/usr/sbin", "/sbin");

/** Why there can be no server here; `undefined` when there can. */
export const NO_SSHD: string | undefined = SSHD === undefined ? "sshd is not installed" : undefined;

/** Programs of the tests need nothing else. */
const ENV = { PATH: `${searchPath()}:/usr/sbin:/sbin` };

/** What a server may have besides. */
interface ServerChoices {
  /** Words before the command that serves a repository. */
  readonly before?: readonly string[];
  /** Options as in sshd_config. */
  readonly options?: Readonly<Record<string, string>>;
}

/** An SSH server that lets its key do nothing but `borg serve` below one directory. */
export class SshServer implements AsyncDisposable {
  readonly #directory: string;
  readonly #port: number;
  readonly #options: Readonly<Record<string, string>>;
  readonly #user: string;
  #sshd: Running;

  private constructor(
    directory: string,
    port: number,
    user: string,
    options: Readonly<Record<string, string>>,
  ) {
    this.#options = options;
    this.#directory = directory;
    this.#port = port;
    this.#user = user;
    this.#sshd = this.#listen();
  }

  /**
   * Starts a server.
   *
   * @param directory an existing directory; the repositories go below it too
   */
  static async start(
    directory: string,
    { before = [], options = {} }: ServerChoices = {},
  ): Promise<SshServer> {
    for (const name of ["host_key", "user_key"]) {
      await demand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(directory, name)]);
    }
    const user = (await demand(["id", "-un"])).trim();
    // A root's sshd insists on this directory, which a package's start script would make.
    if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 });
    const borg = [...before, which("borg") ?? "borg"].join(" ");
    const serve = `env BORG_BASE_DIR=${join(directory, "base")} ${borg} serve ` +
      `--restrict-to-path ${directory}`;
    const key = await Deno.readTextFile(join(directory, "user_key.pub"));
    await Deno.writeTextFile(
      join(directory, "authorized_keys"),
      `restrict,command="${serve}" ${key}`,
    );
    const server = new SshServer(directory, freePort(), user, options);
    const hostKey = await Deno.readTextFile(join(directory, "host_key.pub"));
    await Deno.writeTextFile(
      join(directory, "known_hosts"),
      `[127.0.0.1]:${server.#port} ${hostKey}`,
    );
    await server.#sshd.prints(/Server listening/);
    return server;
  }

  /** The keys of a `[[repositories]]` that lies on this server. */
  repository(label: string): Table {
    return {
      url: `ssh://${this.#user}@127.0.0.1:${this.#port}${join(this.#directory, `${label}.borg`)}`,
      ssh_key: join(this.#directory, "user_key"),
      ssh_options: [
        `UserKnownHostsFile=${join(this.#directory, "known_hosts")}`,
        "StrictHostKeyChecking=yes",
      ],
    };
  }

  /**
   * Lets a key in on the conditions of a line of `authorized_keys`, and no other one.
   *
   * @param line such a line; its public key is replaced by that of the user
   * @param place where the line says that the repository is
   * @returns the keys of a `[[repositories]]` that lies there
   */
  async authorize(line: string, place: string): Promise<Table> {
    const key = (await Deno.readTextFile(join(this.#directory, "user_key.pub"))).trim();
    const borg = `env BORG_BASE_DIR=${join(this.#directory, "base")} ${which("borg") ?? "borg"}`;
    const here = line.replace('command="borg ', `command="${borg} `)
      .replace(` ${place}"`, ` ${join(this.#directory, "theirs.borg")}"`)
      .replace(/ssh-ed25519 .*$/, key);
    await Deno.writeTextFile(join(this.#directory, "authorized_keys"), `${here}\n`);
    return this.repository("theirs");
  }

  /** Lets nobody log in any more. */
  async refuseKeys(): Promise<void> {
    await Deno.writeTextFile(join(this.#directory, "authorized_keys"), "");
  }

  /** Kills the server with all its sessions, as a reset of its machine does. */
  async kill(): Promise<void> {
    for (const pid of descendants(this.#sshd.pid)) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
    this.#sshd.kill("SIGKILL");
    await this.#sshd.end();
  }

  /** Starts a server that was killed, at the same place. */
  async restart(): Promise<void> {
    this.#sshd = this.#listen();
    await this.#sshd.prints(/Server listening/);
  }

  /** Ends the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#sshd.kill("SIGTERM");
    await this.#sshd.end();
    // Sessions end when their connection does.
    await pause(50);
  }

  #listen(): Running {
    const options = {
      Port: this.#port,
      ListenAddress: "127.0.0.1",
      HostKey: join(this.#directory, "host_key"),
      AuthorizedKeysFile: join(this.#directory, "authorized_keys"),
      PidFile: "none",
      StrictModes: "no",
      UsePAM: "no",
      PasswordAuthentication: "no",
      PermitRootLogin: "yes",
      UseDNS: "no",
      // A bash that sshd starts reads the user's .bashrc, which may do anything, unless it believes to
      // be in another shell; see "shell_level" in its shell.c.
      SetEnv: "SHLVL=1",
      ...this.#options,
    };
    const args = Object.entries(options).map(([name, value]) => `-o${name}=${value}`);
    return new Running([SSHD ?? "sshd", "-D", "-e", "-f", "/dev/null", ...args], { env: ENV });
  }
}

/** The processes that a process has started, and what these have started. */
function descendants(pid: number): readonly number[] {
  const children = [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const status = Deno.readTextFileSync(`/proc/${name}/status`);
      return /^PPid:\s*(\d+)$/m.exec(status)?.[1] === String(pid) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
  return [...children, ...children.flatMap(descendants)];
}

async function demand(command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(command, { env: ENV });
  if (code !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  return stdout;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
