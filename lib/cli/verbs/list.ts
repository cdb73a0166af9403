import type { Entry } from "../../borg/entries.ts";
import { AppError, ExitCode } from "../../errors.ts";
import { archivesReport } from "../../restore/archive_report.ts";
import { chooseArchive } from "../../restore/choose_archive.ts";
import { entryLine } from "../../restore/entry_line.ts";
import { EntryList } from "../../restore/entry_list.ts";
import { previewWithFallback } from "../../restore/fallback.ts";
import { parsePathSelector } from "../../restore/path_selector.ts";
import { maskedJson } from "../../text/secret.ts";
import type { RecordedRun } from "../../state/history.ts";
import type { CliContext } from "../context.ts";
import { askHistory } from "../history_file.ts";
import { outputWidth } from "../output_width.ts";
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
  await readArchives(this, flags, async (desk) => {
    if (archive === undefined) await listArchives(this, flags, desk);
    else await listEntries(this, flags, desk, { archive, path: path ?? "/" });
    return desk.failed ? ExitCode.warning : ExitCode.ok;
  });
}

async function listArchives(
  context: CliContext,
  flags: ListFlags,
  desk: ArchiveSession,
): Promise<void> {
  const index = await archiveIndexOf(desk);
  const choice = { series: desk.config.name, all: flags.all };
  const report = archivesReport(index, pastRuns(desk), choice);
  if (flags.json) context.print(`${maskedJson(report, desk.mask, 2)}\n`);
  else {
    const { archiveTable } = await import("../../restore/archive_table.ts");
    context.print(desk.mask(archiveTable(report, context.now(), outputWidth())));
  }
}

/** The history only adds to what the repositories tell; it may be gone with the old machine. */
function pastRuns(desk: ArchiveSession): readonly RecordedRun[] {
  try {
    return askHistory(desk.config, (past) => past?.runs(desk.config.name, ALL_RUNS) ?? []);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    desk.tell(`warning: ${error.message}`);
    return [];
  }
}

async function listEntries(
  context: CliContext,
  flags: ListFlags,
  desk: ArchiveSession,
  asked: { readonly archive: string; readonly path: string },
): Promise<void> {
  const index = await archiveIndexOf(desk);
  const choice = { series: desk.config.name, archive: asked.archive };
  const { name: archive, repositories } = chooseArchive(index, choice);
  const selector = parsePathSelector(asked.path, Deno.cwd());
  const list = new EntryList(archive, desk.mask, context.print);
  let printed = 0;
  const onEntry = (entry: Entry) => {
    printed += 1;
    if (flags.json) list.add(entry);
    else context.print(desk.mask(`${entryLine(entry)}\n`));
  };
  // All of an empty archive is nothing, and not missing.
  const part = { archive, repositories, selectors: selector.path === "" ? [] : [selector] };
  let complete = false;
  try {
    await previewWithFallback(desk.access, part, (repository, failure) => {
      desk.fail(repository, failure);
      // What is printed can't be taken back, and would be printed twice.
      if (printed > 0) throw new AppError(`Cannot list the whole archive ${archive}`);
    }, () => ({ onEntry }));
    complete = true;
  } finally {
    if (flags.json) list.end(complete);
  }
}
