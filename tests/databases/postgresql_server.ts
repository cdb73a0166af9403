/**
 * A real PostgreSQL for one test: its own data, socket and port below one directory. It lets its
 * superuser in by the socket without a password, and everyone else with one, as Debian's does.
 *
 * @module
 */
import { join } from "node:path";
import {
  demand,
  firstThere,
  freePort,
  makeServerDirectory,
  ServerProcess,
  type ServerUser,
  serverUser,
} from "./server_process.ts";

const USER = serverUser("postgres");

/** Debian keeps the programs of each version by themselves. */
const PROGRAMS = newestPrograms();

/** Why there can be no server here; `undefined` when there can. */
export const NO_POSTGRESQL: string | undefined = PROGRAMS === undefined || USER === undefined
  ? "PostgreSQL is not installed: scripts/tools.sh postgres installs it"
  : undefined;

const HBA = `local all SUPERUSER peer
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
`;

/** A PostgreSQL that runs until it is disposed of. */
export class PostgreSqlServer implements AsyncDisposable {
  /** Directory of its socket. */
  readonly socket: string;
  readonly port: number;
  /** The superuser, who is also the user of this machine that the server runs as. */
  readonly user: ServerUser;
  readonly #directory: string;
  #process: ServerProcess;

  private constructor(directory: string, port: number, user: ServerUser) {
    this.#directory = directory;
    this.socket = directory;
    this.port = port;
    this.user = user;
    this.#process = this.#listen();
  }

  /** Makes and starts a server. */
  static async start(): Promise<PostgreSqlServer> {
    if (USER === undefined || PROGRAMS === undefined) throw new Error(NO_POSTGRESQL);
    const directory = makeServerDirectory(USER);
    const data = join(directory, "data");
    const ways = ["--auth=peer", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
    await demand([join(PROGRAMS, "initdb"), "-D", data, "-U", USER.name, ...ways], USER);
    await Deno.writeTextFile(join(data, "pg_hba.conf"), HBA.replace("SUPERUSER", USER.name));
    const server = new PostgreSqlServer(directory, freePort(), USER);
    await server.#ready();
    return server;
  }

  /** The keys of a `[[databases]]` that reach it as its superuser. */
  get connection(): Readonly<Record<string, string | number>> {
    const runAs = this.user.numbers === undefined ? {} : { run_as: this.user.name };
    return { kind: "postgresql", socket: this.socket, port: this.port, ...runAs };
  }

  /** The process id of the server. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Runs statements as the superuser.
   *
   * @param database any name, also one that looks like an address
   * @returns a line for each row, with "|" between its values
   */
  async query(statements: string, database = "postgres"): Promise<string> {
    const args = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"];
    const env = {
      PGHOST: this.socket,
      PGPORT: String(this.port),
      PGUSER: this.user.name,
      PGDATABASE: database,
      PGCLIENTENCODING: "UTF8",
    };
    return (await demand(["psql", ...args], this.user, env, statements)).trimEnd();
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
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }

  #listen(): ServerProcess {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: this.port,
      unix_socket_directories: this.socket,
      fsync: "off",
      full_page_writes: "off",
      max_connections: 30,
      shared_buffers: "16MB",
      lc_messages: "C",
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
    const program = join(PROGRAMS ?? "", "postgres");
    const data = join(this.#directory, "data");
    return new ServerProcess([program, "-D", data, ...options], this.user, this.#directory);
  }

  async #ready(): Promise<void> {
    await this.#process.prints(/ready to accept connections/);
  }
}

function newestPrograms(): string | undefined {
  const root = "/usr/lib/postgresql";
  try {
    const versions = [...Deno.readDirSync(root)].map(({ name }) => name).sort((a, b) =>
      Number(b) - Number(a)
    );
    const server = firstThere(versions.map((version) => `${root}/${version}/bin/postgres`));
    return server?.replace(/\/postgres$/, "");
  } catch {
    return undefined;
  }
}
