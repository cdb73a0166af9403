/**
 * A mail's content as HTML for mail clients: tables and inline styles, nothing from elsewhere, no
 * scripts. Pure.
 *
 * @module
 */
import {
  COLUMNS,
  type Fact,
  type Finding,
  HEADS,
  type MailContent,
  type StepLine,
} from "./content.ts";
import type { LogExcerpt } from "./log_excerpt.ts";
import type { Bar, Trend } from "./trend.ts";
import { escapeMarkup } from "../../text/markup.ts";
import { printable } from "../../text/printable.ts";

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONOSPACE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";

const COLOURS = {
  ok: "#1a7f37",
  warning: "#9a6700",
  failed: "#cf222e",
  error: "#cf222e",
  skipped: "#6e7781",
  absent: "#6e7781",
} as const;

/** How high a bar can be, in pixels. */
const HEIGHT = 48;

/** Writes a mail as HTML. */
export function renderHtml(content: MailContent): string {
  const colour = COLOURS[content.state];
  const sections = [
    factsTable(content.facts),
    section(HEADS.steps, content.steps.length === 0 ? "" : stepsTable(content.steps)),
    section(HEADS.findings, content.findings.map(finding).join("")),
    section(HEADS.skipped, list(content.skipped)),
    section(HEADS.trends, content.trends.map(trend).join("")),
    content.log === undefined ? "" : logSection(content.log),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>${escaped(content.subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f6f8fa">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:12px 4px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="max-width:900px;background:#ffffff;border:1px solid #d0d7de;${FONT};font-size:14px;line-height:1.5;color:#1f2328;text-align:left">
<tr><td bgcolor="${colour}" style="background:${colour};padding:14px 16px;color:#ffffff;font-size:18px;font-weight:bold;word-break:break-word">${
    escaped(content.headline)
  }</td></tr>
<tr><td style="padding:12px 16px 16px">
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

function section(head: string, body: string): string {
  if (body === "") return "";
  return `<h2 style="margin:22px 0 8px;font-size:15px;line-height:1.3">${
    escaped(head)
  }</h2>\n${body}`;
}

function factsTable(facts: readonly Fact[]): string {
  const rows = facts.map(({ name, value }) =>
    `<tr><td style="padding:1px 16px 1px 0;color:#59636e;white-space:nowrap;vertical-align:top">${
      escaped(name)
    }</td><td style="padding:1px 0;word-break:break-word">${escaped(value)}</td></tr>`
  );
  return layout(rows.join("\n"));
}

function stepsTable(steps: readonly StepLine[]): string {
  const head = COLUMNS.map(([, title], column) =>
    `<th align="${align(column)}" style="${cell(column)};border-bottom:2px solid #d0d7de">${
      escaped(title)
    }</th>`
  ).join("");
  const rows = steps.map((step, index) => {
    const isNew = step.repository !== steps[index - 1]?.repository;
    const line = isNew && index > 0 ? "border-top:1px solid #d0d7de" : "";
    return `<tr>${COLUMNS.map(([key], column) => stepCell(step, key, column, line)).join("")}</tr>`;
  });
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;font-size:13px">
<tr>${head}</tr>
${rows.join("\n")}
</table>`;
}

function stepCell(
  step: StepLine,
  key: typeof COLUMNS[number][0],
  column: number,
  line: string,
): string {
  const look = key === "result" ? `color:${COLOURS[step.state]};font-weight:bold` : "";
  const styles = [cell(column), line, look].filter((style) => style !== "").join(";");
  return `<td align="${align(column)}" style="${styles}">${escaped(step[key])}</td>`;
}

function align(column: number): "left" | "right" {
  return column < 3 ? "left" : "right";
}

function cell(column: number): string {
  return `padding:4px ${column === 6 ? "0" : "5px"} 4px ${
    column === 0 ? "0" : "5px"
  };white-space:nowrap`;
}

function finding({ severity, where, message, hint }: Finding): string {
  const colour = COLOURS[severity];
  const scope = where === "" ? "" : `${escaped(where)}: `;
  const advice = hint === undefined
    ? ""
    : `<br><span style="color:#59636e">hint:</span> ${escaped(hint)}`;
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 8px"><tr>` +
    `<td style="border-left:4px solid ${colour};padding:2px 0 2px 12px;white-space:pre-wrap;word-break:break-word">` +
    `<b style="color:${colour}">${severity}:</b> ${scope}${
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
<span style="color:#59636e">${escaped(caption)}</span></td></tr>
<tr><td><table role="presentation" cellpadding="0" cellspacing="0" border="0" height="${HEIGHT}" style="border-bottom:1px solid #8c959f"><tr>
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
  const box = `margin:0;padding:10px 12px;background:#f6f8fa;border:1px solid #d0d7de;` +
    `${MONOSPACE};font-size:12px;line-height:1.45;white-space:pre-wrap;word-break:break-word`;
  const block = (text: string) => text === "" ? "" : `<pre style="${box}">${logLines(text)}</pre>`;
  const remark = note === undefined ? "" : `<p style="margin:8px 0">[${escaped(note)}]</p>`;
  return section(`${HEADS.log} ${name}`, `${block(head)}${remark}${block(tail ?? "")}`);
}

/** A line feed right behind `<pre>` is not shown, so there is one more. */
function logLines(text: string): string {
  return `\n${
    escaped(text).replace(/^\S+Z (WARNING|ERROR) .*$/gm, (line, level: string) => {
      const colour = level === "ERROR" ? COLOURS.error : COLOURS.warning;
      return `<span style="color:${colour}">${line}</span>`;
    })
  }`;
}
