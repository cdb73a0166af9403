/** Tables without lines, for a terminal. @module */
import { columns, padded } from "./width.ts";

/** Blanks between two columns. */
const GAP = 2;

/** Writes a table with two blanks between its columns; no cell has a line break. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly [string, ...string[]] {
  const widths = head.map(columns);
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, columns(cell));
    }
  }
  const line = (row: readonly string[]) =>
    row.map((cell, index) => padded(cell, (widths[index] ?? 0) + GAP)).join("").trimEnd();
  return [line(head), ...rows.map(line)];
}
