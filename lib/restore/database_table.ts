/** Databases and their dumps for a person. Pure. @module */
import { plainTable } from "../text/plain_table.ts";
import { printableLine } from "../text/printable.ts";
import { humanAge, humanSize } from "../text/units.ts";
import { fit } from "../text/width.ts";
import type { DatabaseReport, DumpsReport, ListedDump } from "./database_report.ts";
import { pinText } from "./pin_text.ts";

/** Writes the databases as a table: one line for each, with its newest dump. */
export function databaseTable(
  databases: readonly DatabaseReport[],
  labels: readonly string[],
  now: Date,
  width: number,
): string {
  const heads = ["database", "dumps", "newest", "size", "oldest", ...labels];
  const rows = databases.map(({ name, archives, newest, oldestAt }) => [
    printableLine(name),
    `${archives}`,
    ageOf(newest.startedAt, now),
    sizeText(newest),
    ageOf(oldestAt, now),
    ...labels.map((label) => placeText(newest, label)),
  ]);
  return tableText(heads, rows, width);
}

/** Writes the dumps of a database as a table, newest first. */
export function dumpTable(
  { archives, repositories }: DumpsReport,
  now: Date,
  width: number,
): string {
  const labels = repositories.map(({ label }) => label);
  const isPinned = archives.some(({ pins }) => pins.length > 0);
  const heads = [
    ...["archive", "age", "size", "read back", ...labels],
    ...(isPinned ? ["pin"] : []),
  ];
  const rows = archives.map((dump) => [
    printableLine(dump.archive),
    ageOf(dump.startedAt, now),
    sizeText(dump),
    dump.verifiedAt === null ? "-" : `${ageOf(dump.verifiedAt, now)} ago`,
    ...labels.map((label) => placeText(dump, label)),
    pinText(dump.pins, dump.repositories),
  ]);
  return tableText(heads, rows, width);
}

function tableText(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  return plainTable(heads, rows).map((line) => `${fit(line, width)}\n`).join("");
}

function ageOf(at: string, now: Date): string {
  return humanAge(Math.max(0, now.getTime() - Date.parse(at)));
}

function sizeText({ bytes }: ListedDump): string {
  return bytes === null ? "-" : humanSize(bytes);
}

function placeText({ repositories, missingFrom }: ListedDump, label: string): string {
  if (repositories.includes(label)) return "yes";
  return missingFrom.includes(label) ? "missing" : "?";
}
