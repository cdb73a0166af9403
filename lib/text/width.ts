/** How many columns a text takes on a terminal, and how it is made to fit. @module */
import stringWidth from "string-width";

/** Cuts a text only where a terminal begins another character. */
const CLUSTERS = new Intl.Segmenter();

/** No cluster of this program's texts has more UTF-16 units for each of its columns. */
const MOST_UNITS = 16;

/** Measures a text. */
export function columns(text: string): number {
  return stringWidth(text);
}

/** Cuts a text that does not fit into one line, with "…" at its end. */
export function fit(text: string, width: number): string {
  let used = 0;
  let kept = 0;
  for (const { segment, index } of CLUSTERS.segment(text)) {
    if (used < width) kept = index;
    used += columns(segment);
    if (used > width) return width < 1 ? "" : `${text.slice(0, kept)}…`;
  }
  return text;
}

/**
 * Cuts a text so that it fits into one line, but keeps the end: it is the end of a path that tells
 * files apart.
 *
 * @returns the text, with "…" at its beginning when something was cut away
 */
export function fitEnd(text: string, width: number): string {
  if (width < 1) return "";
  // Looking at the end alone keeps a path of a megabyte cheap.
  const end = text.slice(-MOST_UNITS * width);
  if (end === text && columns(text) <= width) return text;
  let kept = end.length;
  let used = 1;
  for (const { segment, index } of [...CLUSTERS.segment(end)].reverse()) {
    used += columns(segment);
    if (used > width) break;
    kept = index;
  }
  return `…${end.slice(kept)}`;
}

/** Fills a text up with blanks. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}
