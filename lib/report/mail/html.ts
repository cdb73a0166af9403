/**
 * A mail's content as HTML for mail clients: tables and inline styles, nothing from elsewhere, no
 * scripts. Pure.
 *
 * @module
 */
import {
  COLUMNS,
  DATABASE_COLUMNS,
  type Fact,
  type Finding,
  HEADS,
  type MailContent,
  type StepLine,
  WORDS,
} from "./content.ts";
import { type Colour, DARK_HEAD, LIGHT } from "./html_style.ts";
import type { LogExcerpt } from "./log_excerpt.ts";
import type { Bar, Trend } from "./trend.ts";
import { LAST_GOOD_COLUMNS } from "../last_good.ts";
import { escapeMarkup } from "../../text/markup.ts";
import { printable } from "../../text/printable.ts";

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONOSPACE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";

const STATES = {
  ok: "ok",
  warning: "warning",
  failed: "failed",
  error: "failed",
  skipped: "soft",
  absent: "soft",
} as const;

/** How high a bar can be, in pixels. */
const HEIGHT = 48;

/** Writes a mail as HTML. */
export function renderHtml(content: MailContent): string {
  const ground = LIGHT[content.state];
  const sections = [
    section(HEADS.findings, content.findings.map(finding).join("")),
    section(HEADS.lastGood, table(LAST_GOOD_COLUMNS, content.lastGood)),
    section(HEADS.facts, factsTable(content.facts)),
    section(HEADS.steps, table(COLUMNS, content.steps)),
    section(HEADS.databases, table(DATABASE_COLUMNS, content.databases)),
    section(HEADS.repeated, list(content.repeated)),
    section(HEADS.skipped, list(content.skipped)),
    section(HEADS.remarks, list(content.remarks)),
    section(HEADS.trends, content.trends.map(trend).join("")),
    content.log === undefined ? "" : logSection(content.log),
  ];
  const shell = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${DARK_HEAD}
<title>${escaped(content.subject)}</title>
</head>
<body class="page" style="margin:0;padding:0;background:${LIGHT.page}">
<table ${shell} class="page" bgcolor="${LIGHT.page}" style="table-layout:fixed">
<tr><td align="center" style="padding:12px 4px">
<table ${shell} class="card text rule" bgcolor="${LIGHT.card}" style="table-layout:fixed;max-width:900px;background:${LIGHT.card};border:1px solid ${LIGHT.rule};${FONT};font-size:14px;line-height:1.5;color:${LIGHT.text};text-align:left">
<tr><td bgcolor="${ground}" style="background:${ground};padding:14px 16px;color:#ffffff;font-size:18px;font-weight:bold;word-break:break-word">${
    escaped(content.headline)
  }</td></tr>
<tr><td style="padding:0 16px 16px">
${sections.filter((part) => part !== "").join("\n")}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

/** Makes any text safe in HTML, as text or in a quoted attribute. */
export function escaped(text: string): string {
  return escapeMarkup(printable(text.toWellFormed()));
}

/** The attributes that give a text its colour, in the light and in the dark. */
function coloured(colour: Colour, styles = ""): string {
  return `class="${colour}" style="${styles}color:${LIGHT[colour]}"`;
}

function section(head: string, body: string): string {
  if (body === "") return "";
  return `<h2 style="margin:18px 0 8px;font-size:15px;line-height:1.3">${
    escaped(head)
  }</h2>\n${body}`;
}

function factsTable(facts: readonly Fact[]): string {
  const name = "padding:1px 16px 1px 0;white-space:nowrap;vertical-align:top;";
  const rows = facts.map((fact) =>
    `<tr><td ${coloured("soft", name)}>${escaped(fact.name)}</td>` +
    `<td style="padding:1px 0;word-break:break-word">${escaped(fact.value)}</td></tr>`
  );
  return layout(rows.join("\n"));
}

type Row<Key extends string> = Readonly<Record<Key, string>> & Pick<StepLine, "state">;

/** A table that is wider than a telephone is scrolled, not the mail. */
function table<Key extends string>(
  columns: readonly (readonly [key: Key, title: string])[],
  rows: readonly Row<Key | "repository">[],
): string {
  if (rows.length === 0) return "";
  const head = columns.map(([, title], column) => {
    const style = `${cell(column)};border-bottom:2px solid ${LIGHT.rule}`;
    return `<th align="${align(column)}" class="rule" style="${style}">${escaped(title)}</th>`;
  }).join("");
  const body = rows.map((row, index) => {
    const isNew = row.repository !== rows[index - 1]?.repository;
    const line = isNew && index > 0 ? `;border-top:1px solid ${LIGHT.rule}` : "";
    const cells = columns.map(([key], column) => {
      const style = `${cell(column)}${line}`;
      const text = key === "result"
        ? `<b ${coloured(STATES[row.state])}>${escaped(row[key])}</b>`
        : escaped(row[key]);
      return `<td align="${align(column)}" class="rule" style="${style}">${text}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div style="overflow-x:auto"><table cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;font-size:13px">
<tr>${head}</tr>
${body.join("\n")}
</table></div>`;
}

function align(column: number): "left" | "right" {
  return column < WORDS ? "left" : "right";
}

function cell(column: number): string {
  // The last column of words may have a sentence.
  const wrap = column === WORDS - 1 ? "" : ";white-space:nowrap";
  return `padding:4px 12px 4px ${column === 0 ? "0" : "4px"}${wrap}`;
}

function finding({ severity, where, message, hint }: Finding): string {
  const colour = STATES[severity];
  const scope = where === "" ? "" : `${escaped(where)}: `;
  const advice = hint === undefined
    ? ""
    : `<br><span ${coloured("soft")}>hint:</span> ${escaped(hint)}`;
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 8px"><tr>` +
    `<td style="border-left:4px solid ${
      LIGHT[colour]
    };padding:2px 0 2px 12px;white-space:pre-wrap;word-break:break-word">` +
    `<b ${coloured(colour)}>${severity}:</b> ${scope}${
      escaped(message)
    }${advice}</td></tr></table>\n`;
}

function list(items: readonly string[]): string {
  const rows = items.map((item) =>
    `<tr><td style="padding:1px 0;word-break:break-word">${escaped(item)}</td></tr>`
  );
  return rows.length === 0 ? "" : layout(rows.join("\n"));
}

function layout(rows: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0">\n${rows}\n</table>`;
}

function trend({ label, bars, caption }: Trend): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px">
<tr><td style="padding:0 0 4px"><b>${escaped(label)}</b>
<span ${coloured("soft")}>${escaped(caption)}</span></td></tr>
<tr><td><table role="presentation" cellpadding="0" cellspacing="0" border="0" height="${HEIGHT}" class="rule" style="border-bottom:1px solid #8c959f"><tr>
${bars.map(barCell).join("\n")}
</tr></table></td></tr>
</table>
`;
}

const BAR_COLOURS = { normal: "#54aeff", cut: "#0550ae", failed: "#cf222e" } as const;

/** A table in a cell: the one way to a bar that also Outlook draws. */
function barCell({ title, height, kind }: Bar): string {
  const pixels = Math.max(2, Math.round(height * HEIGHT));
  const colour = BAR_COLOURS[kind];
  return `<td valign="bottom" title="${
    escaped(title)
  }" height="${HEIGHT}" style="padding:0 2px 0 0;vertical-align:bottom">` +
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>` +
    `<td width="10" height="${pixels}" bgcolor="${colour}" style="width:10px;height:${pixels}px;background:${colour};font-size:0;line-height:0">&nbsp;</td>` +
    `</tr></table></td>`;
}

function logSection({ name, head, tail, note }: LogExcerpt): string {
  const box =
    `margin:0;padding:10px 12px;background:${LIGHT.page};border:1px solid ${LIGHT.rule};` +
    `${MONOSPACE};font-size:12px;line-height:1.45;white-space:pre-wrap;word-break:break-word`;
  const block = (text: string) =>
    text === "" ? "" : `<pre class="page text rule" style="${box}">${logLines(text)}</pre>`;
  const remark = note === undefined ? "" : `<p style="margin:8px 0">[${escaped(note)}]</p>`;
  return section(`${HEADS.log} ${name}`, `${block(head)}${remark}${block(tail ?? "")}`);
}

/** A line feed right behind `<pre>` is not shown, so there is one more. */
function logLines(text: string): string {
  return `\n${
    escaped(text).replace(/^\d\S+ (WARNING|ERROR) .*$/gm, (line, level: string) => {
      const colour = level === "ERROR" ? "failed" : "warning";
      return `<span ${coloured(colour)}>${line}</span>`;
    })
  }`;
}
