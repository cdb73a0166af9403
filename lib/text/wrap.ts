/** Breaks lines between words. @module */

/**
 * Breaks a text at its blanks. A word that is too long stays whole, so that it can be copied.
 *
 * @param text one line; what it is indented by, the lines that follow are too
 * @returns lines, at least one
 */
export function wrapped(
  text: string,
  width: number,
  columns: (text: string) => number = (text) => text.length,
): string[] {
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
