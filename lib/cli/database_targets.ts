/** Where `autoborg restore --database` restores to, by its flags and the configuration. @module */
import { resolve } from "node:path";
import type { Config } from "../config/config_schema.ts";
import type { OpenedTarget } from "../databases/server_target.ts";
import { SqliteTarget } from "../databases/sqlite_target.ts";
import { AppError, UsageError } from "../errors.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import { databaseLabel, type DatabaseName, GLOBALS } from "../text/database_series.ts";
import { ownCommand } from "../text/own_command.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import type { ArchiveSession } from "./archive_session.ts";
import type { CliContext } from "./context.ts";
import type { RestoreFlags } from "./restore_arguments.ts";

/** The flags of `autoborg restore --database`. */
export interface DatabaseRestoreFlags extends RestoreFlags {
  readonly database: string;
}

/**
 * Refuses flags that mean nothing beside `--database`, or contradict each other.
 *
 * @throws {UsageError} that says which
 */
export function requireDatabaseFlags(flags: DatabaseRestoreFlags, [path]: readonly string[]): void {
  const { database, into, to } = flags;
  if (path !== undefined) {
    throw new UsageError(
      `Cannot restore "${path}" beside the database "${database}": expected a path or --database`,
    );
  }
  const useless = flags.allowShared
    ? "--allow-shared"
    : flags.numericIds
    ? "--numeric-ids"
    : undefined;
  if (useless !== undefined) {
    throw new UsageError(`Cannot combine ${useless} with --database: it is for files`);
  }
  if (into !== undefined && to !== undefined) {
    throw new UsageError("Cannot restore with both --into and --to: expected one of them");
  }
  if (into === undefined && to === undefined) {
    throw new UsageError(
      `Cannot restore the database "${database}": expected --into NEWNAME, or --to FILE`,
      { hint: ownCommand("restore", "--database", database, "--into", "NEWNAME") },
    );
  }
}

/**
 * Opens the database that is restored into.
 *
 * @param into as it was typed
 * @throws {AppError} when there can't be one, or its server can't be reached
 */
export async function openDatabaseTarget(
  context: CliContext,
  session: ArchiveSession,
  name: DatabaseName,
  into: string,
): Promise<OpenedTarget> {
  const entry = session.config.databases.find(({ label }) => label === name.label);
  const shown = `"${printableLine(databaseLabel(name))}"`;
  const toFile = ownCommand("restore", "--database", databaseLabel(name), "--to", "FILE");
  if (entry === undefined) {
    throw new AppError(
      `Cannot restore ${shown} into a database: no [[databases]] has the label "${name.label}"`,
      { hint: `Write the dump to a file instead: ${toFile}` },
    );
  }
  if (entry.kind === "command" || name.database === GLOBALS) {
    const what = entry.kind === "command"
      ? "only its own program can read it"
      : "roles and tablespaces are those of a whole server";
    throw new UsageError(`Cannot restore ${shown} into a database: ${what}`, {
      hint: `Write it to a file instead: ${toFile}`,
    });
  }
  if (into === "") throw new UsageError("Cannot restore into a database without a name");
  if (entry.kind === "sqlite") {
    return { target: new SqliteTarget(resolve(Deno.cwd(), into)), [Symbol.asyncDispose]: settled };
  }
  const { openServerTarget } = await import("../databases/server_target.ts");
  await using stack = new AsyncDisposableStack();
  const scratch = makeScratchDirectory(undefined, "autoborg-restore-");
  stack.defer(() => Deno.remove(scratch, { recursive: true }));
  const opened = stack.use(
    await openServerTarget(entry, into, name.database, {
      start: context.start,
      signal: session.access.signal,
      path: context.variable("PATH"),
      scratch,
    }),
  );
  const lasting = stack.move();
  return { target: opened.target, [Symbol.asyncDispose]: () => lasting.disposeAsync() };
}

function settled(): Promise<void> {
  return Promise.resolve();
}

/**
 * How a dump in a file is loaded by hand; `undefined`: only its own program knows.
 *
 * @param path absolute
 */
export function loadingHint(
  { databases }: Config,
  { label, database }: DatabaseName,
  path: string,
): string | undefined {
  const entry = databases.find((one) => one.label === label);
  // The file is root's alone when root has restored it, and the shell may be that of another user.
  const isRoot = Deno.uid() === 0;
  const as = entry?.runAs !== undefined ? ["sudo", "-u", entry.runAs] : isRoot ? ["sudo"] : [];
  const read = commandLine([...(isRoot ? ["sudo"] : []), "cat", path]);
  const into = (...command: readonly string[]) => `${read} | ${commandLine([...as, ...command])}`;
  switch (entry?.kind) {
    case "postgresql":
      return database === GLOBALS
        ? `To create the roles that are missing: ${
          into("psql", "--no-psqlrc", "postgres")
        }; those that exist are reported as errors, and stay`
        : `To load it: ${into("psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "NEWNAME")}`;
    case "mariadb":
    case "mysql":
      return `To load it: ${into(entry.kind, "--binary-mode", "NEWNAME")}`;
  }
  return undefined;
}
