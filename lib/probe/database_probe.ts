/** Asks the servers of databases whether everything can be dumped, and which of them nobody dumps. @module */
import type { Config } from "../config/config_schema.ts";
import { inspectDatabases } from "../databases/inspect_databases.ts";
import { findRunningServers, type RunningServer } from "../databases/running_servers.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import { databaseLabel } from "../text/database_series.ts";
import { globRegExp } from "../text/glob.ts";
import { ownCommand } from "../text/own_command.ts";
import { failed, type Finding, ok, type Subject, subject, warning } from "./finding.ts";
import type { ProbeContext } from "./probe_context.ts";

type Entry = Config["databases"][number];

/** Asks the server of a table of databases, or looks at its files. */
export async function probeDatabases(
  { config, inherited, signal, start }: ProbeContext,
  entry: Entry,
): Promise<readonly Finding[]> {
  const about = subject("database", entry.label);
  const scratch = makeScratchDirectory(undefined, "autoborg-probe-");
  try {
    const context = { start, signal, path: inherited.PATH, scratch };
    const found = await inspectDatabases(entry, context);
    const named = (database: string | undefined): Subject =>
      database === undefined
        ? about
        : subject("database", databaseLabel({ label: entry.label, database }));
    const problems = [
      ...found.failures.map(({ database, message, hint }) =>
        failed(named(database), message, hint)
      ),
      ...found.warnings.map(({ database, message, hint }) =>
        warning(named(database), message, hint)
      ),
    ];
    const isUnreachable = found.description === "";
    return [
      ...(isUnreachable ? [] : [ok(about, found.description)]),
      ...problems,
      ...unnamedIn(config, entry, found.unnamed),
    ];
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
}

/** Databases that neither this table nor another one of the same server names. */
function unnamedIn(
  { databases, coverage }: Config,
  entry: Entry,
  unnamed: readonly string[],
): readonly Finding[] {
  const same = databases.filter((other) => serverText(other) === serverText(entry));
  // Said once, of the first table of the server.
  if (same[0]?.label !== entry.label || same.some(({ all }) => all)) return [];
  const rest = unnamed.filter((name) => !same.some((other) => other.databases.includes(name)));
  return rest.flatMap((database) => {
    const name = `${entry.label}/${database}`;
    if (isIgnored(coverage.ignore, name)) return [];
    return [warning(
      subject("coverage", name),
      "this database is in no [[databases]]",
      `Add it to databases of [[databases]] "${entry.label}", or "${name}" to [coverage] ignore`,
    )];
  });
}

/** Where a server is; two kinds are one. */
function serverText({ kind, host, port, socket }: Entry): string {
  return JSON.stringify([kind === "mysql" ? "mariadb" : kind, host, port, socket]);
}

/** The kinds of tables that dump a server. */
const KINDS: Readonly<Record<string, readonly Entry["kind"][]>> = {
  postgresql: ["postgresql"],
  mariadb: ["mariadb", "mysql"],
};

/**
 * Says which servers of databases run on this machine, and no table dumps.
 *
 * @param running for tests
 */
export async function probeRunningServers(
  { config: { databases, coverage } }: Pick<ProbeContext, "config">,
  running?: readonly RunningServer[],
): Promise<readonly Finding[]> {
  const all = running ?? await findRunningServers();
  // Each of these may be any of the others.
  const commands = databases.filter(({ kind }) => kind === "command").length;
  return [...Map.groupBy(all, ({ id }) => id)].flatMap(([id, servers]) => {
    const kinds = KINDS[id] ?? [];
    const own = new Set(databases.filter(({ kind }) => kinds.includes(kind)).map(serverText));
    const [{ name } = { name: id }] = servers;
    if (servers.length <= own.size + commands || isIgnored(coverage.ignore, id)) return [];
    const [kind = "command"] = kinds;
    const message = own.size === 0
      ? `${name} runs on this machine, and is in no [[databases]]`
      : `${servers.length} servers of ${name} run on this machine, and [[databases]] has ${own.size}`;
    return [warning(
      subject("coverage", id),
      message,
      `Add [[databases]] with kind = "${kind}" (${
        ownCommand("help", "--guide", "databases")
      }), or "${id}" to [coverage] ignore`,
    )];
  });
}

function isIgnored(ignore: readonly string[], name: string): boolean {
  return ignore.some((glob) => globRegExp(glob, false).test(name));
}
