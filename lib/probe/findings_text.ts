/**
 * Findings for a person. Pure.
 *
 * @module
 */
import { styleText } from "node:util";
import { printableLine } from "../text/printable.ts";
import type { TextStyle } from "../report/text_style.ts";
import { columns, padded } from "../text/width.ts";
import { wrapped } from "../text/wrap.ts";
import { type Finding, stateOf } from "./finding.ts";

const COLOURS = { ok: "green", warning: "yellow", failed: "red", skipped: "dim" } as const;
/** The widest state. */
const STATE_WIDTH = "warning".length;
/** Between two columns. */
const GAP = "  ";
/** A third column that is narrower than this can't be read. */
const LEAST = 30;

/**
 * Writes findings as a table, or as blocks when there is no room for one; the last line counts them.
 *
 * @returns lines, each with its line break
 */
export function findingsText(findings: readonly Finding[], style: TextStyle): string {
  const first = Math.max(...findings.map((finding) => columns(what(finding))), 0);
  const rest = style.width - first - STATE_WIDTH - 2 * GAP.length;
  const rows = findings.flatMap((finding) =>
    rest >= LEAST ? tableRow(finding, first, rest, style) : block(finding, style)
  );
  return [...rows, summary(findings, style)].map((line) => `${line.trimEnd()}\n`).join("");
}

function tableRow(finding: Finding, first: number, rest: number, style: TextStyle): string[] {
  const indent = " ".repeat(first + STATE_WIDTH) + GAP + GAP;
  const state = paint(finding.state, padded(finding.state, STATE_WIDTH), style);
  return texts(finding).flatMap((text) => wrapped(text, rest, columns)).map((line, index) =>
    index === 0 ? padded(what(finding), first) + GAP + state + GAP + line : indent + line
  );
}

function block(finding: Finding, style: TextStyle): string[] {
  const lines = texts(finding).flatMap((text) => wrapped(text, style.width - 2, columns));
  return [
    `${what(finding)}: ${paint(finding.state, finding.state, style)}`,
    ...lines.map((line) => `  ${line}`),
  ];
}

function texts(finding: Finding): string[] {
  const message = printableLine(finding.message);
  if (!("hint" in finding) || finding.hint === undefined) return [message];
  return [message, `hint: ${printableLine(finding.hint)}`];
}

function what({ topic, name }: Finding): string {
  if (name === "") return topic;
  return printableLine(topic === "place" ? name : `${topic} ${name}`);
}

function summary(findings: readonly Finding[], style: TextStyle): string {
  const counts = (["failed", "warning", "skipped", "ok"] as const).flatMap((state) => {
    const count = findings.filter((finding) => finding.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const state = stateOf(findings);
  return `${paint(state, state, style)}: ${counts.join(", ")}`;
}

function paint(state: Finding["state"], text: string, { colour }: TextStyle): string {
  return colour ? styleText(COLOURS[state], text, { validateStream: false }) : text;
}
