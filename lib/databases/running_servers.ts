/** Finds servers of databases that run on this machine, in containers as well. @module */
import { readSmallText } from "../files/small_file.ts";

/** What the processes of servers are called (the kernel keeps 15 characters), and what people call them. */
const SERVERS: Readonly<Record<string, string>> = {
  "postgres": "PostgreSQL",
  "mariadbd": "MariaDB",
  "mysqld": "MySQL",
  "mongod": "MongoDB",
  "slapd": "OpenLDAP",
  "influxd": "InfluxDB",
  "clickhouse-serv": "ClickHouse",
  "redis-server": "Redis",
  "valkey-server": "Valkey",
};

/** A server that runs. */
export interface RunningServer {
  /** Name of its process. */
  readonly process: string;
  /** What people call it. */
  readonly name: string;
}

/**
 * Lists the servers that run, each once, however many processes it has. Without the rights of root, those
 * of other users may be hidden.
 *
 * @param root where the directories of the processes are
 */
export async function findRunningServers(root = "/proc"): Promise<readonly RunningServer[]> {
  const found = new Map<string, { readonly parent: string; readonly process: string }>();
  try {
    for await (const { name: pid } of Deno.readDir(root)) {
      if (!/^\d+$/.test(pid)) continue;
      const read = await readProcess(`${root}/${pid}/stat`);
      if (read !== undefined && SERVERS[read.process] !== undefined) found.set(pid, read);
    }
  } catch {
    // A machine that hides its processes tells nothing of them.
  }
  return [...found.values()]
    .filter(({ parent, process }) => found.get(parent)?.process !== process)
    .map(({ process }) => ({ process, name: SERVERS[process] ?? process }));
}

/** Reads name and parent of a process; `undefined`: it has just ended. */
async function readProcess(
  stat: string,
): Promise<{ readonly parent: string; readonly process: string } | undefined> {
  try {
    const [, process = "", parent = ""] =
      /^\d+ \((.*)\) \S (\d+)/s.exec(await readSmallText(stat)) ??
        [];
    return { process, parent };
  } catch {
    return undefined;
  }
}
