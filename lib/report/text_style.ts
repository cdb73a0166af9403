import { styleText } from "node:util";
import type { State } from "../backup/outcome.ts";

/** How a text for a terminal is made. */
export interface TextStyle {
  readonly width: number;
  readonly colour: boolean;
}

type Colour = "bold" | "dim" | "red" | "yellow" | "green";

/** Colours a text, or leaves it as it is. */
export function paint(style: Pick<TextStyle, "colour">, colour: Colour, text: string): string {
  return style.colour ? styleText(colour, text, { validateStream: false }) : text;
}

/** The colour of a state. */
export function stateColour(state: State): "red" | "yellow" | "green" {
  if (state === "failed") return "red";
  return state === "warning" ? "yellow" : "green";
}
