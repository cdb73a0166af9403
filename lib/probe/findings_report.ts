/**
 * Findings for people and for programs. What `check-config --probe --json` prints stays as it is; later
 * versions may only add to it.
 *
 * @module
 */
import { styleText } from "node:util";
import { printableLine } from "../text/printable.ts";
import type { TextStyle } from "../report/text_style.ts";
import { counted } from "../text/units.ts";
import { columns, padded } from "../text/width.ts";
import { wrapped } from "../text/wrap.ts";
import { type Finding, stateOf } from "./finding.ts";

/** Everything that was found. Times are ISO 8601 in UTC. */
interface FindingsReport {
  /** The version of this shape. */
  readonly version: 1;
  /** The configuration's name. */
  readonly name: string;
  /** When this was asked. */
  readonly at: string;
  /** The exit code says the same: 0, 1 or 2. */
  readonly state: "ok" | "warning" | "failed";
  readonly findings: readonly {
    /** What kind of thing was checked; later versions may know more of them. */
    readonly topic: string;
    /** Which one, if there are several. */
    readonly name: string | null;
    /** `skipped`: it was not checked, and `message` says why. */
    readonly state: Finding["state"];
    readonly message: string;
    readonly hint: string | null;
  }[];
}

/** Reports findings to programs. */
export function findingsReport(
  name: string,
  at: Date,
  findings: readonly Finding[],
): FindingsReport {
  return {
    version: 1,
    name,
    at: at.toISOString(),
    state: stateOf(findings),
    findings: findings.map(({ topic, name, state, message, hint }) => ({
      topic,
      name: name === "" ? null : name,
      state,
      message,
      hint: hint ?? null,
    })),
  };
}

const COLOURS = { ok: "green", warning: "yellow", failed: "red", skipped: "dim" } as const;
const STATE_WIDTH = "warning".length;
const GAP = "  ";
/** A third column must be at least this wide. */
const LEAST = 30;

/** Writes findings as a table, or as blocks when it is too narrow for one; the last line counts them. */
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

function texts({ message, hint }: Finding): string[] {
  const advice = hint === undefined ? [] : [`hint: ${printableLine(hint)}`];
  return [printableLine(message), ...advice];
}

function what({ topic, name }: Finding): string {
  if (name === "") return topic;
  return printableLine(topic === "place" ? name : `${topic} ${name}`);
}

function summary(findings: readonly Finding[], style: TextStyle): string {
  const counts = (["failed", "warning", "skipped", "ok"] as const).flatMap((state) => {
    const count = findings.filter((finding) => finding.state === state).length;
    return count === 0
      ? []
      : [state === "warning" ? counted(count, "warning", "warnings") : `${count} ${state}`];
  });
  const state = stateOf(findings);
  return `${paint(state, state, style)}: ${counts.join(", ")}`;
}

function paint(state: Finding["state"], text: string, { colour }: TextStyle): string {
  return colour ? styleText(COLOURS[state], text, { validateStream: false }) : text;
}
