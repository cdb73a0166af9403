/** Tables without lines, for a terminal. @module */
import Table from "cli-table3";

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
} as const;

/** Writes a table with two blanks between its columns; no cell has a line break. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly [string, ...string[]] {
  const table = new Table({
    head: [...head],
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  const [first = "", ...rest] = table.toString().split("\n").map((line) => line.trimEnd());
  return [first, ...rest];
}
