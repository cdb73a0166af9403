/** `autoborg list --database LABEL/NAME`: the dumps of one database. @module */
import { archivedDatabases, findDatabase } from "../restore/archived_databases.ts";
import { dumpsReport } from "../restore/database_report.ts";
import { dumpTable } from "../restore/database_table.ts";
import { maskedJson } from "../text/secret.ts";
import { archiveIndexOf, type ArchiveSession } from "./archive_session.ts";
import type { CliContext } from "./context.ts";
import { configuredDatabases, recordedDumps } from "./database_knowledge.ts";
import { pinnedArchivesOf } from "./pinned_archives.ts";
import { outputWidth } from "./terminal.ts";

/**
 * Prints the dumps of a database, as a table or as JSON.
 *
 * @param typed as it was typed
 * @throws {AppError} when there is none of it
 */
export async function listDumps(
  context: CliContext,
  session: ArchiveSession,
  typed: string,
  asJson: boolean,
): Promise<void> {
  const { config, mask } = session;
  const index = await archiveIndexOf(session);
  const databases = archivedDatabases(index, config.name);
  const found = findDatabase(databases, configuredDatabases(config), typed, index.reachable);
  const pinned = await pinnedArchivesOf(session, index);
  const records = recordedDumps(session, found.archives.map(({ name }) => name));
  const report = dumpsReport(found, { index, records, pinned });
  const text = asJson
    ? `${maskedJson(report, mask, 2)}\n`
    : mask(dumpTable(report, context.now(), outputWidth()));
  context.print(text);
}
