/**
 * A real MariaDB for one test: its own data, socket and port below one directory. It lets our own
 * user in by the socket without a password, as Debian's does.
 *
 * @module
 */
import { join } from "node:path";
import { which } from "../e2e/program.ts";
import {
  demand,
  freePort,
  makeServerDirectory,
  ServerProcess,
  type ServerUser,
  serverUser,
} from "./server_process.ts";

const USER = serverUser("mysql");
const SERVER = which("mariadbd", "/usr/sbin");
const INSTALL = which("mariadb-install-db");

/** Why there can be no server here; `undefined` when there can. */
export const NO_MARIADB: string | undefined =
  SERVER === undefined || INSTALL === undefined || USER === undefined
    ? "MariaDB is not installed: scripts/tools.sh mariadbd installs it"
    : undefined;

/** Who asks: without numbers, so our own user. */
const OWN: ServerUser = { name: Deno.uid() === 0 ? "root" : USER?.name ?? "root" };

/** A MariaDB that runs until it is disposed of. */
export class MariaDbServer implements AsyncDisposable {
  /** The file of its socket. */
  readonly socket: string;
  readonly port: number;
  readonly #directory: string;
  #process: ServerProcess;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.socket = join(directory, "server.sock");
    this.port = port;
    this.#process = this.#listen();
  }

  /** Makes and starts a server. */
  static async start(): Promise<MariaDbServer> {
    if (INSTALL === undefined || USER === undefined) throw new Error(NO_MARIADB);
    const directory = makeServerDirectory(USER);
    const install = [
      INSTALL,
      "--no-defaults",
      `--datadir=${join(directory, "data")}`,
      "--auth-root-authentication-method=socket",
      `--auth-root-socket-user=${OWN.name}`,
      "--skip-test-db",
      "--skip-name-resolve",
    ];
    // In a common directory one that starts removes the temporary tables of the others.
    await demand(install, USER, { TMPDIR: directory });
    const server = new MariaDbServer(directory, freePort());
    await server.#ready();
    return server;
  }

  /** The keys of a `[[databases]]` that reach it as a user who may do everything. */
  get connection(): Readonly<Record<string, string | number>> {
    return { kind: "mariadb", socket: this.socket, user: OWN.name };
  }

  /** The process id of the server. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Runs statements as a user who may do everything.
   *
   * @returns a line for each row, with tabs between its values
   */
  async query(statements: string, database?: string): Promise<string> {
    const options = [
      "--no-defaults",
      `--socket=${this.socket}`,
      `--user=${OWN.name}`,
      "--batch",
      "--skip-column-names",
      "--default-character-set=utf8mb4",
      ...(database === undefined ? [] : [`--database=${database}`]),
    ];
    return (await demand(["mariadb", ...options], OWN, {}, statements)).trimEnd();
  }

  /** Kills the server with all its sessions, as the kernel does when memory is short. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** Starts a server that was killed, with the same data. */
  async restart(): Promise<void> {
    this.#process = this.#listen();
    await this.#ready();
  }

  /** Ends the server and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing of it is needed again.
    await this.#process.kill();
    await Deno.remove(this.#directory, { recursive: true });
  }

  #listen(): ServerProcess {
    const command = [
      SERVER ?? "mariadbd",
      "--no-defaults",
      `--datadir=${join(this.#directory, "data")}`,
      `--socket=${this.socket}`,
      `--port=${this.port}`,
      "--bind-address=127.0.0.1",
      "--innodb-buffer-pool-size=16M",
      "--innodb-flush-log-at-trx-commit=2",
      "--skip-name-resolve",
      `--tmpdir=${this.#directory}`,
      `--pid-file=${join(this.#directory, "server.pid")}`,
    ];
    return new ServerProcess(command, USER ?? OWN, this.#directory);
  }

  async #ready(): Promise<void> {
    await this.#process.prints(/ready for connections/);
  }
}
