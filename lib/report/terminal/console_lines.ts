/** The short account of a run for a person who looks on. Pure. @module */
import type { Level, RunEvent } from "../../backup/events.ts";
import type { RepositoryOutcome, RunOutcome, State, StepOutcome } from "../../backup/outcome.ts";
import { absenceText, type AbsentSource } from "../../problem.ts";
import { levelOf, outcomeLine, stepResult, waitText } from "../describe.ts";
import {
  errorsFirst,
  type PlacedProblem,
  placedProblems,
  problemsOfStep,
} from "../placed_problems.ts";
import { placedRemarks } from "../remarks.ts";
import { LAST_GOOD_COLUMNS, type LastGood, lastGoodRows } from "../last_good.ts";
import { paint, stateColour } from "../text_style.ts";
import { plainTable } from "../../text/plain_table.ts";
import { printable, printableLine } from "../../text/printable.ts";
import { padded } from "../../text/width.ts";

interface Message {
  readonly level: Level;
  readonly text: string;
}

interface AccountStyle {
  readonly colour: boolean;
  /** How wide the column of the labels is. */
  readonly labelWidth: number;
  readonly lastGood: LastGood;
}

/** So wide is the longest name of a step. */
export const STEP_WIDTH = 7;

/** Says what happened, if it is worth a line on the terminal. */
export function consoleLines(event: RunEvent, style: AccountStyle): readonly Message[] {
  switch (event.type) {
    case "run-started": {
      const { version, name, hostname, runId } = event;
      const text = `autoborg ${version}: ${name} on ${hostname}, run ${runId}`;
      return [{ level: "info", text: paint(style, "bold", text) }];
    }
    case "retry-waiting": {
      const { repository: label, step } = event;
      const head = `${padded(label, style.labelWidth)}  ${step.padEnd(STEP_WIDTH)}  `;
      return [{ level: "info", text: head + paint(style, "yellow", waitText(event)) }];
    }
    case "step-finished":
      return step(event.repository, event.outcome, style);
    case "repository-finished":
      return repository(event.outcome, style);
    case "run-finished":
      return conclusion(event.outcome, style);
    default:
      return [];
  }
}

/** What became of the run, then what to do about it, and what there still is. */
function conclusion(outcome: RunOutcome, style: AccountStyle): readonly Message[] {
  const { state, absentSources = [] } = outcome;
  const level = levelOf(state);
  const rows = lastGoodRows(outcome, style.lastGood);
  const titles = LAST_GOOD_COLUMNS.map(([, title]) => title.toLowerCase());
  const cells = rows.map((row) => LAST_GOOD_COLUMNS.map(([key]) => printableLine(row[key])));
  const [head, ...body] = plainTable(titles, cells);
  const table = state === "ok" || rows.length === 0 ? [] : [
    { level: "info", text: `\n${paint(style, "dim", head)}` } as const,
    ...body.map((text) => ({ level: "info", text }) as const),
  ];
  return [
    ...absentSources.map((source) => absence(source, style)),
    { level, text: coloured(state, outcomeLine(outcome, false), style) },
    ...placedProblems(outcome).toSorted(errorsFirst).flatMap((one) => problemLines(one, style)),
    ...placedRemarks(outcome).map((remark) => remarkLine(remark, style)),
    ...table,
  ];
}

function step(label: string, outcome: StepOutcome, style: AccountStyle): readonly Message[] {
  const head = `${padded(label, style.labelWidth)}  ${outcome.step.padEnd(STEP_WIDTH)}  `;
  const result = printableLine(stepResult(outcome));
  if (outcome.state === "skipped") {
    const text = head + paint(style, outcome.expected ? "dim" : "yellow", result);
    return [{ level: outcome.expected ? "info" : "warning", text }];
  }
  return [
    { level: levelOf(outcome.state), text: head + coloured(outcome.state, result, style) },
    // What to do about it stands below the outcome, where nothing scrolls it away.
    ...problemsOfStep(label, outcome.problems).flatMap(({ severity, message, where }) =>
      problemLines({ severity, message, where }, style)
    ),
  ];
}

function repository(outcome: RepositoryOutcome, style: AccountStyle): readonly Message[] {
  if (outcome.state !== "absent") return [];
  const why = `skipped: it is optional, and ${printableLine(outcome.reason)}`;
  const head = padded(outcome.label, style.labelWidth);
  return [{ level: "info", text: `${head}  ${paint(style, "dim", why)}` }];
}

function absence(source: AbsentSource, style: AccountStyle): Message {
  const why = `skipped: ${printableLine(absenceText(source))}`;
  return { level: "info", text: `  ${paint(style, "dim", why)}` };
}

function problemLines(problem: PlacedProblem, style: AccountStyle): readonly Message[] {
  const { severity, where, message, hint } = problem;
  const word = paint(style, severity === "error" ? "red" : "yellow", severity);
  const scope = where === "" ? "" : `${where}: `;
  const advice = hint === undefined ? "" : `\n    hint: ${printable(hint)}`;
  return [{ level: severity, text: `  ${word}: ${scope}${printable(message)}${advice}` }];
}

function remarkLine(remark: string, style: AccountStyle): Message {
  return { level: "info", text: `  ${paint(style, "dim", "note")}: ${printableLine(remark)}` };
}

/** The first word has the colour of the state. */
function coloured(state: State, text: string, style: AccountStyle): string {
  const [word = "", ...rest] = text.split(" ");
  return [paint(style, stateColour(state), word), ...rest].join(" ");
}
