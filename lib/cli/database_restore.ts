/** `autoborg restore --database LABEL/NAME`: restores a dump into a database, or to a file. @module */
import { resolve } from "node:path";
import type { Access } from "../borg/borg_queries.ts";
import { queryEntries, Stopped } from "../borg/borg_queries.ts";
import { FileTarget } from "../databases/file_target.ts";
import type { ExistingContent, RestoreTarget } from "../databases/restore_target.ts";
import { AppError, ExitCode, UsageError } from "../errors.ts";
import type { StartStream } from "../process/streamed_program.ts";
import type { ListedArchive } from "../restore/archive_index.ts";
import { archivedDatabases, chooseDump, findDatabase } from "../restore/archived_databases.ts";
import { type RestoredDump, restoreDump } from "../restore/restore_database.ts";
import { databaseLabel, type DatabaseName } from "../text/database_series.ts";
import { localTime, parseMoment } from "../text/local_time.ts";
import { ownCommand } from "../text/own_command.ts";
import { printableLine } from "../text/printable.ts";
import { counted, humanCount, humanDuration, humanSize } from "../text/units.ts";
import { knownArchivesOf, trustedIndex } from "./archive_knowledge.ts";
import { archiveIndexOf, type ArchiveSession, readArchives } from "./archive_session.ts";
import { type CliContext, searchPath } from "./context.ts";
import { configuredDatabases, recordedDumps } from "./database_knowledge.ts";
import {
  type DatabaseRestoreFlags,
  loadingHint,
  openDatabaseTarget,
  requireDatabaseFlags,
} from "./database_targets.ts";

/** How often progress is reported at most, in milliseconds. */
const INTERVAL = 200;

/** A restore that is ready to begin. */
interface PlannedRestore {
  readonly name: DatabaseName;
  readonly archive: ListedArchive;
  readonly target: RestoreTarget;
  readonly known: { readonly size: number; readonly sha256: string } | undefined;
}

/** Restores a database. */
export async function restoreDatabase(
  context: CliContext,
  flags: DatabaseRestoreFlags,
  paths: readonly string[],
): Promise<void> {
  requireDatabaseFlags(flags, paths);
  const at = flags.at === undefined ? {} : { at: parseMoment(flags.at) };
  await readArchives(context, flags, async (session) => {
    const { config } = session;
    const known = knownArchivesOf(session, true);
    const index = trustedIndex(session, await archiveIndexOf(session), known, flags.archive);
    const found = findDatabase(
      archivedDatabases(index, config.name),
      configuredDatabases(config),
      flags.database,
      index.reachable,
    );
    const { name } = found;
    const archive = chooseDump(found, { archive: flags.archive, ...at });
    session.tell(`archive ${archive.name}, from ${localTime(archive.startedAt)}`);
    await using opened = flags.to === undefined
      ? await openDatabaseTarget(context, session, name, flags.into ?? "")
      : fileTarget(flags.to);
    const { size, sha256 } = recordedDumps(session, [archive.name])(archive.name) ?? {};
    const recorded = typeof size === "number" && typeof sha256 === "string"
      ? { size, sha256 }
      : undefined;
    const planned = { name, archive, target: opened.target, known: recorded };
    const existing = await opened.target.existing();
    if (existing !== undefined && flags.overwrite) await opened.target.requireUnused();
    if (flags.dryRun) return rehearse(session, flags, planned, existing);
    if (existing !== undefined && !await mayReplace(context, session, flags, planned, existing)) {
      session.tell("nothing was restored");
      return ExitCode.failed;
    }
    using _awake = context.inhibitSleep(
      "A database is being restored",
      searchPath(context.variable),
    );
    const { startStream } = context;
    return await restoreNow(session, flags, planned, {
      startStream,
      replaces: existing !== undefined,
    });
  });
}

function fileTarget(path: string) {
  const target = new FileTarget(resolve(Deno.cwd(), path));
  return { target, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/**
 * Says what would be lost, and asks.
 *
 * @throws {UsageError} when nobody can be asked, and no `--yes` says so
 */
async function mayReplace(
  context: CliContext,
  session: ArchiveSession,
  flags: DatabaseRestoreFlags,
  { target }: PlannedRestore,
  existing: ExistingContent,
): Promise<boolean> {
  if (!flags.overwrite) throw existsAlready(target, existing);
  const prompts = flags.yes ? undefined : await context.prompts();
  if (!flags.yes && prompts === undefined) throw needsConfirmation(flags, target, existing);
  session.tell(`${target.shown} ${contentText(existing)}; it is replaced`);
  if (prompts === undefined) return true;
  const { signal } = session.access;
  try {
    return await prompts.confirm(`Replace ${target.shown}?`, false, signal);
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
}

function needsConfirmation(
  { database, into, to }: DatabaseRestoreFlags,
  { shown }: RestoreTarget,
  existing: ExistingContent,
): UsageError {
  const where = to === undefined ? ["--into", into ?? ""] : ["--to", to];
  const words = ["--database", database, ...where, "--overwrite", "--dry-run"];
  return new UsageError(
    `Cannot replace ${shown} without confirmation: it ${contentText(existing)}; expected a ` +
      "terminal to ask on, or --yes",
    { hint: `See first what would be done: ${ownCommand("restore", ...words)}` },
  );
}

function existsAlready(target: RestoreTarget, existing: ExistingContent): AppError {
  return new AppError(
    `Cannot restore into ${target.shown}: it exists and ${contentText(existing)}`,
    { hint: "Choose another name, or replace it with --overwrite" },
  );
}

/** Such as "holds 12 tables, about 3.4k rows, 12.3 MiB". */
function contentText({ tables, rows, bytes }: ExistingContent): string {
  const parts = [
    ...(tables === undefined ? [] : [counted(tables, "table", "tables")]),
    ...(rows === undefined ? [] : [`about ${humanCount(rows)} ${rows === 1 ? "row" : "rows"}`]),
    ...(bytes === undefined ? [] : [humanSize(bytes)]),
  ];
  return `holds ${parts.length === 0 ? "something" : parts.join(", ")}`;
}

function rehearse(
  session: ArchiveSession,
  { overwrite }: DatabaseRestoreFlags,
  { name, archive, target, known }: PlannedRestore,
  existing: ExistingContent | undefined,
): ExitCode {
  const size = known === undefined ? "" : `, ${humanSize(known.size)}`;
  const from = archive.repositories[0]?.label ?? "";
  session.tell(
    `would restore ${printableLine(databaseLabel(name))}${size}, from ${from} into ${target.shown}`,
  );
  if (existing === undefined) return session.failed ? ExitCode.warning : ExitCode.ok;
  const end = overwrite ? "it would be replaced" : "it would be refused without --overwrite";
  session.tell(`${target.shown} exists and ${contentText(existing)}: ${end}`);
  return overwrite ? session.failed ? ExitCode.warning : ExitCode.ok : ExitCode.failed;
}

async function restoreNow(
  session: ArchiveSession,
  flags: DatabaseRestoreFlags,
  { name, archive, target, known }: PlannedRestore,
  { startStream, replaces }: { readonly startStream: StartStream; readonly replaces: boolean },
): Promise<ExitCode> {
  const { repositories } = archive;
  const shown = printableLine(databaseLabel(name));
  const expected = known?.size ?? await sizeOf(session.access, archive);
  const started = performance.now();
  let told = 0;
  const restored = await restoreDump({ ...session.access, startStream }, {
    archive: archive.name,
    repositories,
    target,
    replaces,
    ...(known === undefined ? {} : { known }),
  }, {
    onFailure: (repository, failure) => {
      session.progress.clear();
      session.fail(repository, failure);
      const next = repositories[repositories.indexOf(repository) + 1];
      if (next !== undefined) session.tell(`${next.label} has the same archive, trying that one`);
    },
    onBytes: ({ label }, bytes) => {
      const elapsed = performance.now() - started;
      if (bytes !== expected && elapsed < told + INTERVAL) return;
      told = elapsed;
      const rate = 1_000 * bytes / elapsed;
      const total = expected === undefined ? {} : { expected };
      const progress = { kind: "bytes", bytes, ...total, message: shown } as const;
      session.progress.show({ repository: label, step: "restore", progress, rate });
    },
  });
  session.progress.clear();
  const duration = performance.now() - started;
  session.tell(restoredLine(shown, restored, target, duration));
  for (const text of restored.notes) session.note({ isWarning: true, text });
  const hint = flags.to === undefined
    ? undefined
    : loadingHint(session.config, name, resolve(Deno.cwd(), flags.to));
  if (hint !== undefined) session.tell(`  hint: ${hint}`);
  return session.failed ? ExitCode.warning : ExitCode.ok;
}

function restoredLine(
  shown: string,
  { repository, size, sha256, isProven }: RestoredDump,
  target: RestoreTarget,
  duration: number,
): string {
  const proof = isProven
    ? "its SHA-256 is that of the dump as it was made"
    : `its SHA-256 is ${sha256}; this machine has no record of the dump to compare it with`;
  return `restored ${shown}, ${
    humanSize(size)
  }, from ${repository.label} into ${target.shown} in ` +
    `${humanDuration(duration)}: ${proof}`;
}

/** How many bytes the archive's file has, for the progress; nothing depends on it. */
async function sizeOf(access: Access, archive: ListedArchive): Promise<number | undefined> {
  const [repository] = archive.repositories;
  if (repository === undefined) return undefined;
  let size = 0;
  const id = archive.ids.get(repository.label);
  const answer = await queryEntries(access, {
    repository,
    archive: archive.name,
    id,
    includes: [],
    onEntry: (entry) => size += entry.size,
  });
  return answer.kind === "answer" ? size : undefined;
}
