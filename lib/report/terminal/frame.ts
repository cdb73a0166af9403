/**
 * A few lines at the end of a terminal that change all the time, with messages that scroll away
 * above them. Pure: it makes the text; the caller writes it.
 *
 * @module
 */
import { columns } from "../../text/width.ts";

/** How large the terminal is. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Clears the rest of the line, and the rest of the screen. */
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[0J";

/** The lines that are on the terminal now. The cursor stands at the beginning of the next one. */
export class Frame {
  #lines: readonly string[] = [];
  #columns = 0;

  /**
   * Makes what must be written, in one piece, so that nothing flickers: lines that have not changed
   * stay, the others are written over. It is empty when nothing has changed.
   *
   * @param lines the new frame; none of them is wider than the terminal
   */
  paint(messages: string, lines: readonly string[], size: TerminalSize): string {
    const before = this.#lines;
    const narrower = size.columns < this.#columns;
    const shown = atMost(lines, size.rows - 1);
    this.#lines = shown;
    this.#columns = size.columns;
    const up = before.length === 0 ? "" : `\x1b[${this.#rows(before, size, narrower)}A`;
    if (narrower || messages !== "") {
      return up + (up === "" ? "" : CLEAR_BELOW) + messages + text(shown);
    }
    const first = shown.findIndex((line, index) => line !== before[index]);
    if (first < 0 && shown.length === before.length) return "";
    const body = shown.map((line, index) =>
      line === before[index] ? "\n" : `${line}${CLEAR_LINE}\n`
    );
    return up + body.join("") + (shown.length < before.length ? CLEAR_BELOW : "");
  }

  /** Terminals rewrap lines that have become too wide for them. */
  #rows(lines: readonly string[], size: TerminalSize, narrower: boolean): number {
    if (!narrower) return lines.length;
    const width = Math.max(1, size.columns);
    return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(columns(line) / width)), 0);
  }
}

/** More lines than the screen has could never be written over. */
function atMost(lines: readonly string[], count: number): readonly string[] {
  if (lines.length <= count) return lines;
  if (count < 1) return [];
  return [...lines.slice(0, count - 1), `… ${lines.length - count + 1} more`];
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
