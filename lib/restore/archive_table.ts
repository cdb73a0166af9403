/** The archives of all repositories for a person. Pure. @module */
import { plainTable } from "../text/plain_table.ts";
import { printableLine } from "../text/printable.ts";
import { fit } from "../text/width.ts";
import { humanAge, humanCount, humanSize } from "../text/units.ts";
import type { ArchiveReport, ArchivesReport } from "./archive_report.ts";
import { databaseTable } from "./database_table.ts";
import { pinText } from "./pin_text.ts";

/** Writes the archives as a table: one line for each, one column for each repository. */
export function archiveTable(report: ArchivesReport, now: Date, width: number): string {
  const others = report.others === 0
    ? ""
    : `and ${report.others} of other series; --all lists them too\n`;
  const labels = report.repositories.map(({ label }) => label);
  const databases = report.databases.length === 0
    ? ""
    : `\n${databaseTable(report.databases, labels, now, width)}`;
  if (report.archives.length === 0) {
    return `there is no archive of "${report.name}"\n${databases}${others}`;
  }
  const isPinned = report.archives.some(({ pins }) => pins.length > 0);
  const heads = [
    ...["archive", "age", "files", "size", "new", "run", "complete", ...labels],
    ...(isPinned ? ["pin"] : []),
  ];
  const rows = report.archives.map((archive) => cells(archive, report, now));
  const lines = plainTable(heads, rows).map((line) => fit(line, width));
  return lines.map((line) => `${line}\n`).join("") + databases + others;
}

function cells(archive: ArchiveReport, report: ArchivesReport, now: Date): readonly string[] {
  const { name, startedAt, files, originalBytes, newBytes, state } = archive;
  const age = Math.max(0, now.getTime() - new Date(startedAt).getTime());
  return [
    printableLine(name),
    humanAge(age),
    files === null ? "-" : humanCount(files),
    originalBytes === null ? "-" : humanSize(originalBytes),
    newBytes === null ? "-" : humanSize(newBytes),
    state ?? "-",
    completeText(archive),
    ...report.repositories.map(({ label, readable }) => {
      if (!readable) return "?";
      if (archive.damagedIn.includes(label)) return "DAMAGED";
      return archive.repositories.includes(label) ? "yes" : "missing";
    }),
    pinText(archive.pins, archive.repositories),
  ];
}

function completeText({ complete, reasons, sourcesMissing }: ArchiveReport): string {
  if (complete === false && sourcesMissing === true) return "incomplete";
  // What a complete archive lacks are optional sources.
  if (complete === true) return reasons.length === 0 ? "yes" : `yes (${reasons.length} absent)`;
  if (complete === false) return "NO";
  return reasons.length === 0 ? "-" : "not ours";
}
