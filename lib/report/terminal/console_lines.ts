/**
 * The short account of a run for a person who looks on. Pure.
 *
 * @module
 */
import type { Level, RunEvent } from "../../backup/events.ts";
import type { Problem, RepositoryOutcome, State, StepOutcome } from "../../backup/outcome.ts";
import { absenceText, type AbsentSource } from "../../problem.ts";
import { levelOf, outcomeLine, stepResult } from "../describe.ts";
import { paint, stateColour } from "../text_style.ts";
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
    case "step-finished":
      return step(event.repository, event.outcome, style);
    case "repository-finished":
      return repository(event.outcome, style);
    case "run-finished": {
      const { problems, state } = event.outcome;
      const text = coloured(state, outcomeLine(event.outcome), style);
      return [
        ...(event.outcome.absentSources ?? []).map((source) => absence(source, style)),
        ...problemLines(problems, style),
        { level: levelOf(state), text },
      ];
    }
    default:
      return [];
  }
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
    ...problemLines(outcome.problems, style),
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

function problemLines(problems: readonly Problem[], style: AccountStyle): readonly Message[] {
  return problems.map(({ severity, message, hint }) => {
    const word = paint(style, severity === "error" ? "red" : "yellow", severity);
    const advice = hint === undefined ? "" : `\n    hint: ${printable(hint)}`;
    return { level: severity, text: `  ${word}: ${printable(message)}${advice}` };
  });
}

/** The first word has the colour of the state. */
function coloured(state: State, text: string, style: AccountStyle): string {
  const [word = "", ...rest] = text.split(" ");
  return [paint(style, stateColour(state), word), ...rest].join(" ");
}
