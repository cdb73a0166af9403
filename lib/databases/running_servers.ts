/**
 * Finds servers of databases that run on this machine, by the sockets that they listen at: the permission
 * set of the program allows no look at its processes. Those of containers listen elsewhere.
 *
 * @module
 */
import { join } from "node:path";
import { within } from "../async/deadline.ts";

/** Where a kind of server listens. */
interface ListeningPlace {
  /** What `[coverage] ignore` calls it. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly directory: string;
  /** The socket in it. */
  readonly socket: RegExp;
}

/** As Debian's packages have it. */
const PLACES: readonly ListeningPlace[] = [
  {
    id: "postgresql",
    name: "PostgreSQL",
    directory: "/run/postgresql",
    socket: /^\.s\.PGSQL\.\d+$/,
  },
  { id: "mariadb", name: "MariaDB or MySQL", directory: "/run/mysqld", socket: /^mysqld\.sock$/ },
  { id: "slapd", name: "OpenLDAP", directory: "/run/slapd", socket: /^ldapi$/ },
  { id: "mongod", name: "MongoDB", directory: "/tmp", socket: /^mongodb-\d+\.sock$/ },
  { id: "redis", name: "Redis", directory: "/run/redis", socket: /\.sock$/ },
];

/** A server that runs. */
export type RunningServer = Pick<ListeningPlace, "id" | "name">;

/** How long a server may take to accept a connection, in milliseconds. */
const TIMEOUT = 2_000;

/** Lists the servers that accept a connection; `root` is where the directories of the system are. */
export async function findRunningServers(root = "/"): Promise<readonly RunningServer[]> {
  const found = await Promise.all(PLACES.map(async ({ id, name, directory, socket }) => {
    const paths = socketsIn(join(root, directory), socket);
    const running = await Promise.all(paths.map((path) => within(listens(path), TIMEOUT)));
    return running.filter((one) => one === true).map(() => ({ id, name }));
  }));
  return found.flat();
}

function socketsIn(directory: string, socket: RegExp): readonly string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ name }) => socket.test(name))
      .map(({ name }) => join(directory, name));
  } catch {
    // Where it is not installed there is no directory.
    return [];
  }
}

/** A server that was killed leaves its socket behind. */
async function listens(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch {
    return false;
  }
}
