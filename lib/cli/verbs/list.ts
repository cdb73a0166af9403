import type { Entry } from "../../borg/entries.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import { AppError, ExitCode, UsageError } from "../../errors.ts";
import { archivedDatabases } from "../../restore/archived_databases.ts";
import { archivesReport } from "../../restore/archive_report.ts";
import { partialNotes } from "../../restore/archive_notes.ts";
import { betterOf, chooseArchive } from "../../restore/choose_archive.ts";
import { entryLine, EntryList } from "../../restore/entry_list.ts";
import { previewWithFallback } from "../../restore/fallback.ts";
import { parsePathSelector } from "../../restore/path_selector.ts";
import type { Config } from "../../config/config_schema.ts";
import type { ArchiveIndex } from "../../restore/archive_index.ts";
import { nearest } from "../../text/nearest.ts";
import { maskedJson } from "../../text/secret.ts";
import { ownCommand } from "../../text/own_command.ts";
import { knownArchivesOf, noteChosen, noteNewest } from "../archive_knowledge.ts";
import type { CliContext } from "../context.ts";
import { recordedDumps } from "../database_knowledge.ts";
import { noteOrphans, pinnedArchivesOf } from "../pinned_archives.ts";
import { outputWidth } from "../terminal.ts";
import {
  archiveIndexOf,
  type ArchiveSession,
  readArchives,
  type ReadingFlags,
} from "../archive_session.ts";

interface ListFlags extends ReadingFlags {
  readonly all: boolean;
  readonly json: boolean;
  readonly retention: boolean;
  readonly database?: string;
}

/** `autoborg list [ARCHIVE [PATH]]`: lists archives, or what is in one. */
export async function listVerb(
  this: CliContext,
  flags: ListFlags,
  archive?: string,
  path?: string,
): Promise<void> {
  if (flags.retention && (flags.json || flags.all || archive !== undefined)) {
    throw new UsageError("Cannot combine --retention with ARCHIVE, --all or --json");
  }
  if (flags.database !== undefined && (flags.retention || flags.all || archive !== undefined)) {
    throw new UsageError("Cannot combine --database with ARCHIVE, --all or --retention");
  }
  await readArchives(this, flags, async (session) => {
    if (flags.database !== undefined) {
      const { listDumps } = await import("../dump_list.ts");
      await listDumps(this, session, flags.database, flags.json);
    } else if (flags.retention) {
      const { listRetention } = await import("../retention_list.ts");
      await listRetention(session, (text) => this.print(session.mask(`${text}\n`)));
    } else if (archive === undefined) await listArchives(this, flags, session);
    else await listEntries(this, flags, session, askedFor(archive, path, session.config));
    return session.failed ? ExitCode.warning : ExitCode.ok;
  });
}

interface Asked {
  readonly archive: string;
  readonly path?: string;
}

/** What has a slash is a path, and no archive. */
function askedFor(first: string, second: string | undefined, { repositories }: Config): Asked {
  if (first.includes("/")) return { archive: second ?? "latest", path: first };
  if (repositories.some(({ label }) => label === first)) {
    throw new UsageError(`Cannot list "${first}": it is a repository, not an archive`, {
      hint: ownCommand("list", "--repo", first),
    });
  }
  return { archive: first, ...(second === undefined ? {} : { path: second }) };
}

/** What is listed, and what is said of it when that is not quite what was typed. */
interface Meant extends Required<Asked> {
  /** Stands above the list. */
  readonly note?: string;
  /** The hint when there is no such thing in the archive. */
  readonly otherwise?: string;
}

/** What is no archive is the latest one mistyped, or a path in it. */
function meant({ archives }: ArchiveIndex, { name }: Config, { archive, path }: Asked): Meant {
  const asTyped = { archive, path: path ?? "/" };
  if (archive === "latest" || archives.some(({ name }) => name.includes(archive))) return asTyped;
  const note = `note: there is no archive "${archive}"; this is`;
  if (nearest(archive, ["latest"]) !== undefined) {
    return { ...asTyped, archive: "latest", note: `${note} the latest one` };
  }
  const isNearAnother = nearest(archive, archives.map(({ name }) => name)) !== undefined;
  if (path !== undefined || isNearAnother || archive.startsWith(name)) return asTyped;
  return {
    archive: "latest",
    path: archive,
    note: `${note} "/${archive}" in the latest one`,
    otherwise: `There is no archive "${archive}" either: "${ownCommand("list", "--all")}" lists ` +
      "all archives",
  };
}

async function listArchives(
  context: CliContext,
  flags: ListFlags,
  session: ArchiveSession,
): Promise<void> {
  const index = await archiveIndexOf(session);
  const known = knownArchivesOf(session);
  const pinned = await pinnedArchivesOf(session, index);
  const newest = archivedDatabases(index, known.series).map(({ archives: [dump] }) =>
    dump?.name ?? ""
  );
  const report = archivesReport(index, known, flags, pinned, recordedDumps(session, newest));
  if (flags.json) context.print(`${maskedJson(report, session.mask, 2)}\n`);
  else {
    const { archiveTable } = await import("../../restore/archive_table.ts");
    context.print(session.mask(archiveTable(report, context.now(), outputWidth())));
  }
  noteOrphans(session, index);
  noteNewest(session, index, known);
}

async function listEntries(
  context: CliContext,
  flags: ListFlags,
  session: ArchiveSession,
  typed: Asked,
): Promise<void> {
  const index = await archiveIndexOf(session);
  const known = knownArchivesOf(session);
  const asked = meant(index, session.config, typed);
  const commandWith = (other: string) => ownCommand("list", other, asked.path);
  const chosen = chooseArchive(index, known, asked, commandWith);
  const { name: archive, repositories } = chosen;
  noteChosen(session, known, chosen, commandWith);
  for (const note of partialNotes(chosen, known)) session.note(note);
  const selector = parsePathSelector(asked.path, Deno.cwd());
  const list = new EntryList(archive, session.mask, context.print);
  let printed = 0;
  const onEntry = (entry: Entry) => {
    // Not before there is something: an error says enough.
    if (printed === 0 && asked.note !== undefined) session.tell(asked.note);
    printed += 1;
    if (flags.json) list.add(entry);
    else context.print(session.mask(`${entryLine(entry)}\n`));
  };
  // All of an empty archive is nothing, and not missing.
  const part = {
    archive,
    repositories,
    selectors: selector.path === "" ? [] : [selector],
    isPartial: (repository: BorgRepository) => known.isPartial(repository),
    ...betterOf(chosen, commandWith),
    meant: () => asked.otherwise,
  };
  let complete = false;
  try {
    await previewWithFallback(session.access, part, (repository, failure) => {
      session.fail(repository, failure);
      // What is printed can't be taken back, and would be printed twice.
      if (printed > 0) throw new AppError(`Cannot list the whole archive ${archive}`);
    }, () => ({ onEntry }));
    complete = true;
  } finally {
    if (flags.json) list.end(complete);
  }
}
