import type { Entry } from "../../borg/entries.ts";
import { AppError, ExitCode } from "../../errors.ts";
import { archivesReport } from "../../restore/archive_report.ts";
import { betterOf, chooseArchive } from "../../restore/choose_archive.ts";
import { entryLine, EntryList } from "../../restore/entry_list.ts";
import { previewWithFallback } from "../../restore/fallback.ts";
import { parsePathSelector } from "../../restore/path_selector.ts";
import { maskedJson } from "../../text/secret.ts";
import { ownCommand } from "../../text/own_command.ts";
import { knownArchivesOf, noteChosen, noteNewest } from "../archive_knowledge.ts";
import type { CliContext } from "../context.ts";
import { outputWidth } from "../terminal.ts";
import {
  archiveIndexOf,
  type ArchiveSession,
  readArchives,
  type ReadingFlags,
} from "../archive_session.ts";

/** The flags of `autoborg list`. */
interface ListFlags extends ReadingFlags {
  readonly all: boolean;
  readonly json: boolean;
}

/** `autoborg list [ARCHIVE [PATH]]`: lists archives, or what is in one. */
export async function listVerb(
  this: CliContext,
  flags: ListFlags,
  archive?: string,
  path?: string,
): Promise<void> {
  await readArchives(this, flags, async (session) => {
    if (archive === undefined) await listArchives(this, flags, session);
    else await listEntries(this, flags, session, { archive, path: path ?? "/" });
    return session.failed ? ExitCode.warning : ExitCode.ok;
  });
}

async function listArchives(
  context: CliContext,
  flags: ListFlags,
  session: ArchiveSession,
): Promise<void> {
  const index = await archiveIndexOf(session);
  const known = knownArchivesOf(session);
  const report = archivesReport(index, known, flags);
  if (flags.json) context.print(`${maskedJson(report, session.mask, 2)}\n`);
  else {
    const { archiveTable } = await import("../../restore/archive_table.ts");
    context.print(session.mask(archiveTable(report, context.now(), outputWidth())));
  }
  noteNewest(session, index, known);
}

async function listEntries(
  context: CliContext,
  flags: ListFlags,
  session: ArchiveSession,
  asked: { readonly archive: string; readonly path: string },
): Promise<void> {
  const index = await archiveIndexOf(session);
  const known = knownArchivesOf(session);
  const chosen = chooseArchive(index, known, asked);
  const { name: archive, repositories } = chosen;
  const commandWith = (other: string) => ownCommand("list", other, asked.path);
  noteChosen(session, known, chosen, commandWith);
  const selector = parsePathSelector(asked.path, Deno.cwd());
  const list = new EntryList(archive, session.mask, context.print);
  let printed = 0;
  const onEntry = (entry: Entry) => {
    printed += 1;
    if (flags.json) list.add(entry);
    else context.print(session.mask(`${entryLine(entry)}\n`));
  };
  // All of an empty archive is nothing, and not missing.
  const part = {
    archive,
    repositories,
    selectors: selector.path === "" ? [] : [selector],
    ...betterOf(chosen, commandWith),
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
