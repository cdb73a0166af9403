import type { Entry } from "../../borg/entries.ts";
import { AppError, ExitCode } from "../../errors.ts";
import { archivesReport } from "../../restore/archive_report.ts";
import { chooseArchive } from "../../restore/choose_archive.ts";
import { entryLine, EntryList } from "../../restore/entry_list.ts";
import { previewWithFallback } from "../../restore/fallback.ts";
import { parsePathSelector } from "../../restore/path_selector.ts";
import { maskedJson } from "../../text/secret.ts";
import type { RecordedRun } from "../../state/history.ts";
import type { CliContext } from "../context.ts";
import { withHistory } from "../past_runs.ts";
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

/** More runs than any history has. */
const ALL_RUNS = 1_000_000;

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
  const choice = { series: session.config.name, all: flags.all };
  const report = archivesReport(index, pastRuns(session), choice);
  if (flags.json) context.print(`${maskedJson(report, session.mask, 2)}\n`);
  else {
    const { archiveTable } = await import("../../restore/archive_table.ts");
    context.print(session.mask(archiveTable(report, context.now(), outputWidth())));
  }
}

/** The history only adds to what the repositories tell; it may be gone with the old machine. */
function pastRuns(session: ArchiveSession): readonly RecordedRun[] {
  try {
    return withHistory(session.config, (past) => past?.runs(session.config.name, ALL_RUNS) ?? []);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    session.tell(`warning: ${error.message}`);
    return [];
  }
}

async function listEntries(
  context: CliContext,
  flags: ListFlags,
  session: ArchiveSession,
  asked: { readonly archive: string; readonly path: string },
): Promise<void> {
  const index = await archiveIndexOf(session);
  const choice = { series: session.config.name, archive: asked.archive };
  const { name: archive, repositories } = chooseArchive(index, choice);
  const selector = parsePathSelector(asked.path, Deno.cwd());
  const list = new EntryList(archive, session.mask, context.print);
  let printed = 0;
  const onEntry = (entry: Entry) => {
    printed += 1;
    if (flags.json) list.add(entry);
    else context.print(session.mask(`${entryLine(entry)}\n`));
  };
  // All of an empty archive is nothing, and not missing.
  const part = { archive, repositories, selectors: selector.path === "" ? [] : [selector] };
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
