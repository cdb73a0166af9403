/**
 * How many columns a text takes on a terminal, and how it is made to fit. Pure.
 *
 * @module
 */

/**
 * An upper bound of the columns that a text takes: everything from Hangul on counts two, but for
 * the signs that we draw with ourselves. A line that is too short looks odd, one that wraps ruins
 * the display.
 *
 * @param text one line
 * @returns columns
 */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += width(character.codePointAt(0) ?? 0);
  return sum;
}

/**
 * Cuts a text so that it fits into one line.
 *
 * @param text one line
 * @param width at most so many columns
 * @returns the text, with "…" at its end when something was cut away
 */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += columns(character);
    if (used > width) break;
    kept += character;
  }
  return width < 1 ? "" : `${kept}…`;
}

/**
 * The same, but keeps the end: it is the end of a path that tells files apart.
 *
 * @param text one line
 * @param width at most so many columns
 * @returns the text, with "…" at its beginning when something was cut away
 */
export function fitEnd(text: string, width: number): string {
  if (columns(text) <= width) return text;
  if (width < 1) return "";
  // Looking at the end alone keeps a path of a megabyte cheap.
  const end = [...text.slice(-2 * width)].reverse();
  let kept = "";
  let used = 1;
  for (const character of end) {
    used += columns(character);
    if (used > width) break;
    kept = character + kept;
  }
  return `…${kept}`;
}

/**
 * Fills a text up with blanks.
 *
 * @param text one line
 * @param width how many columns it shall take
 * @returns the text; a longer one is left as it is
 */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/**
 * Breaks a text at its blanks. A word that is too long stays whole, so that it can be copied.
 *
 * @param text one line; what it is indented by, the lines that follow are too
 * @param width at most so many columns
 * @returns lines, at least one
 */
export function wrapped(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trim().split(" ")) {
    const longer = line === indent ? `${line}${word}` : `${line} ${word}`;
    if (line !== indent && columns(longer) > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

function width(point: number): number {
  if (point < 0x1100) return 1;
  // "…" and the blocks and lines of a drawing.
  return point === 0x2026 || (point >= 0x2500 && point <= 0x259f) ? 1 : 2;
}
