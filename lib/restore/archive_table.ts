/** The archives of all repositories for a person. Pure. @module */
import { plainTable } from "../text/plain_table.ts";
import { printableLine } from "../text/printable.ts";
import { fit } from "../text/width.ts";
import { humanAge, humanCount, humanSize } from "../text/units.ts";
import type { ArchivePin, ArchiveReport, ArchivesReport } from "./archive_report.ts";

/** Writes the archives as a table: one line for each, one column for each repository. */
export function archiveTable(report: ArchivesReport, now: Date, width: number): string {
  const others = report.others === 0
    ? ""
    : `and ${report.others} of other series; --all lists them too\n`;
  if (report.archives.length === 0) return `there is no archive of "${report.name}"\n${others}`;
  const labels = report.repositories.map(({ label }) => label);
  const isPinned = report.archives.some(({ pins }) => pins.length > 0);
  const heads = [
    ...["archive", "age", "files", "size", "new", "run", "complete", ...labels],
    ...(isPinned ? ["pin"] : []),
  ];
  const rows = report.archives.map((archive) => cells(archive, report, now));
  const lines = plainTable(heads, rows).map((line) => fit(line, width));
  return lines.map((line) => `${line}\n`).join("") + others;
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

/**
 * Says that an archive is pinned, and why.
 *
 * @param repositories those that hold it; without them no repository is named
 */
export function pinText(
  pins: readonly ArchivePin[],
  repositories: readonly string[] = [],
): string {
  const isEverywhere = repositories.every((label) =>
    pins.some(({ repository }) => repository === label)
  );
  const texts = pins.map(({ repository, reason, missing }) => {
    const where = isEverywhere ? "" : ` in ${repository}`;
    const lost = missing ? ", but the pin is gone" : "";
    return `pinned${where}${reason === "" ? "" : ` (${printableLine(reason)})`}${lost}`;
  });
  return [...new Set(texts)].join(", ");
}

function completeText({ complete, reasons, sourcesMissing }: ArchiveReport): string {
  if (complete === false && sourcesMissing === true) return "incomplete";
  // What a complete archive lacks are optional sources.
  if (complete === true) return reasons.length === 0 ? "yes" : `yes (${reasons.length} absent)`;
  if (complete === false) return "NO";
  return reasons.length === 0 ? "-" : "not ours";
}
