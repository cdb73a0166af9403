/** Reaches a server of MariaDB or MySQL. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { type Access, openAccess } from "./access.ts";
import type { DumpContext } from "./dump_source.ts";
import { type AskContext, askProgram } from "./server.ts";

/** The programs of the two kinds: what asks, what dumps, and the package of Debian with them. */
const PROGRAMS = {
  mariadb: { client: "mariadb", dump: "mariadb-dump", package: "mariadb-client" },
  mysql: { client: "mysql", dump: "mysqldump", package: "default-mysql-client" },
} as const;

/** One of the two kinds. */
type Kind = keyof typeof PROGRAMS;

/** How the programs of MariaDB are let in, and where the server is. */
interface MariaDbAccess extends Access {
  /** For each of its programs; the first of them must stay the first argument. */
  readonly args: readonly string[];
}

/** Makes what `mariadb` and `mariadb-dump` need to reach a server. @throws {AppError} as {@linkcode openAccess} */
export async function openMariaDb(
  entry: DatabaseEntry,
  context: Pick<DumpContext, "path" | "scratch">,
): Promise<MariaDbAccess> {
  const { host, port, socket, user, password } = entry;
  const file = password === undefined
    ? undefined
    : { name: ".my.cnf", content: `[client]\npassword=${quoted(password.reveal())}\n` };
  const access = await openAccess(entry, context, file);
  return {
    ...access,
    // The user's own ~/.my.cnf is read last: its password would take the place of ours.
    env: access.file === undefined
      ? access.env
      : { ...access.env, HOME: access.file.replace(/\/[^/]*$/, "") },
    args: [
      ...(access.file === undefined ? [] : [`--defaults-extra-file=${access.file}`]),
      // "localhost" would be the socket all the same.
      ...(host === undefined ? [] : [`--host=${host}`, "--protocol=tcp"]),
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(socket === undefined ? [] : [`--socket=${socket}`, "--protocol=socket"]),
      ...(user === undefined ? [] : [`--user=${user}`]),
      "--default-character-set=utf8mb4",
    ],
  };
}

/** A value of an option file, in which a backslash begins an escape. */
function quoted(value: string): string {
  const escaped = value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** Asks a server; returns the lines of its answer. */
export async function askMariaDb(
  entry: DatabaseEntry,
  sql: string,
  context: AskContext,
): Promise<readonly string[]> {
  await using access = await openMariaDb(entry, context);
  const program = programsOf(entry).client;
  const args = [...access.args, "--batch", "--skip-column-names"];
  const answer = await askProgram({ entry, access, program, args, stdin: sql }, context);
  return answer === "" ? [] : answer.split("\n");
}

/** The programs of a table's kind. */
export function programsOf({ kind }: Pick<DatabaseEntry, "kind">): typeof PROGRAMS[Kind] {
  return PROGRAMS[kind === "mysql" ? kind : "mariadb"];
}
