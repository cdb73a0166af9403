/**
 * Makes the text of a message for a service: escaped, and never longer than the service takes. What
 * is too long loses its middle: the beginning says what failed, the end what to do. Pure.
 *
 * @module
 */
import { escapeMarkup } from "../text/markup.ts";
import type { MessageLine, TextLimit, TextStyle } from "./channel.ts";

/** Text without any markup. */
export const PLAIN: TextStyle = {
  escape: (text) => text,
  line: (label, text) => label === "" ? text : `${label}: ${text}`,
  separator: "\n",
};

/**
 * Simple HTML. What comes from outside stands in `<code>`, where services look for no links,
 * commands and people.
 */
export const HTML: TextStyle = {
  escape: escapeMarkup,
  line: (label, text) =>
    label === "" ? `<code>${text}</code>` : `<b>${label}</b>: <code>${text}</code>`,
  separator: "\n",
};

/** How long a single line may be, in characters: tried in this order until all of it fits. */
const LINES = [Infinity, 1_200, 600, 300, 150, 80];

/** Writes the lines in a style, within a limit. */
export function textWithin(
  lines: readonly MessageLine[],
  style: TextStyle,
  limit: TextLimit,
): string {
  const { lines: most = Infinity } = limit;
  const few = lines.length <= most ? lines : withoutMiddleLines(lines, most - 1);
  for (const longest of LINES) {
    const text = written(few, style, longest);
    if (fits(text, limit)) return text;
  }
  const shortest = LINES.at(-1) ?? 0;
  for (let kept = Math.min(lines.length, most) - 1; kept > 0; kept--) {
    const text = written(withoutMiddleLines(lines, kept), style, shortest);
    if (fits(text, limit)) return text;
  }
  return written([{ label: "", text: "…" }], style, shortest);
}

/** Keeps a number of lines, and says in the middle how many others there were. */
function withoutMiddleLines(lines: readonly MessageLine[], kept: number): readonly MessageLine[] {
  const head = Math.ceil(kept / 2);
  const omitted = lines.length - kept;
  const note = { label: "", text: `… ${omitted} ${omitted === 1 ? "line" : "lines"} omitted …` };
  return [...lines.slice(0, head), note, ...lines.slice(lines.length - (kept - head))];
}

/** Replaces the middle of a text that is longer than a number of characters by "…". */
export function withoutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = [...text];
  if (characters.length <= most) return text;
  const head = Math.ceil((most - 3) / 2);
  const tail = Math.max(0, most - 3 - head);
  const end = tail === 0 ? "" : characters.slice(-tail).join("");
  return `${characters.slice(0, head).join("")} … ${end}`;
}

function written(lines: readonly MessageLine[], style: TextStyle, longest: number): string {
  return lines.map(({ label, text }) =>
    style.line(
      style.escape(withoutMiddle(label, longest)),
      style.escape(withoutMiddle(text, longest)),
    )
  ).join(style.separator);
}

function fits(text: string, { most, unit }: TextLimit): boolean {
  // What services call a character is a unit of UTF-16 for some: the stricter count.
  return (unit === "bytes" ? new TextEncoder().encode(text).length : text.length) <= most;
}
