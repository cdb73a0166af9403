/** A mail's content as plain text. Pure. @module */
import {
  COLUMNS,
  DATABASE_COLUMNS,
  type Fact,
  type Finding,
  HEADS,
  type MailContent,
  WORDS,
} from "./content.ts";
import { LAST_GOOD_COLUMNS } from "../last_good.ts";
import type { LogExcerpt } from "./log_excerpt.ts";
import { sparkline, type Trend } from "./trend.ts";
import { printable } from "../../text/printable.ts";

/** Writes a mail as plain text. */
export function renderText(content: MailContent): string {
  const sections = [
    [content.headline],
    section(HEADS.findings, content.findings.flatMap(finding)),
    section(HEADS.lastGood, table(LAST_GOOD_COLUMNS, content.lastGood)),
    section(HEADS.facts, facts(content.facts)),
    section(HEADS.steps, table(COLUMNS, content.steps)),
    section(HEADS.databases, table(DATABASE_COLUMNS, content.databases)),
    section(HEADS.repeated, content.repeated.map((line) => `  ${line}`)),
    section(HEADS.skipped, content.skipped.map((line) => `  ${line}`)),
    section(HEADS.remarks, content.remarks.map((line) => `  ${line}`)),
    section(HEADS.trends, content.trends.flatMap(trend)),
    content.log === undefined ? [] : logSection(content.log),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"))
    .join("\n\n");
  return `${printable(text)}\n`;
}

function section(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [head.toUpperCase(), "", ...lines];
}

function facts(all: readonly Fact[]): readonly string[] {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, value }) => `${name.padEnd(width)}  ${value}`);
}

/** The first columns hold words, which are aligned to the left, the others figures. */
function table<Key extends string>(
  columns: readonly (readonly [key: Key, title: string])[],
  lines: readonly Readonly<Record<Key, string>>[],
): readonly string[] {
  if (lines.length === 0) return [];
  const head = columns.map(([, title]) => title);
  const rows = [head, ...lines.map((line) => columns.map(([key]) => line[key]))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < WORDS ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  );
}

function finding({ severity, where, message, hint }: Finding): readonly string[] {
  const scope = where === "" ? "" : `${where}: `;
  const advice = hint === undefined ? [] : [`    hint: ${indented(hint, 4)}`];
  return [`  ${severity}: ${scope}${indented(message, 4)}`, ...advice];
}

function indented(text: string, depth: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(depth)}`);
}

function trend({ label, bars, caption }: Trend): readonly string[] {
  return [`  ${label}  ${sparkline(bars)}`, `    ${caption}`];
}

function logSection({ name, head, tail, note }: LogExcerpt): readonly string[] {
  const notes = note === undefined ? [] : [`[${note}]`];
  const parts = [head, ...notes, tail ?? ""].map((part) => part.replace(/\n$/, ""));
  return [
    `${HEADS.log.toUpperCase()} ${name}`,
    "",
    parts.filter((part) => part !== "").join("\n\n"),
  ];
}
