/** Finds the sentence that matters in what Borg and Python say. @module */

/** What Python calls the beginning of a traceback. */
const TRACEBACK = /^Traceback \(most recent call last\):/;
/** How argparse and a Python that can't begin say what is wrong, with much around it. */
const SAID = /^(?:borg(?: [\w-]+)*: error|Fatal Python error): /;

/** The sentence that matters of a text, or else its first paragraph. */
export function paragraph(text: string): string {
  const lines = text.split("\n");
  return sentence(lines) ??
    untilBlank(lines.slice(Math.max(0, lines.findIndex((line) => line.trim() !== ""))));
}

/**
 * The exception of the last traceback, whose name comes first and which may have several lines, or
 * what a program says of its command line. Below an exception Borg notes the platform.
 */
export function sentence(lines: readonly string[]): string | undefined {
  const traceback = lines.findLastIndex((line) => TRACEBACK.test(line));
  const exception = lines.findIndex((line, at) => at > traceback && /^\S/.test(line));
  if (traceback >= 0 && exception >= 0) return untilBlank(lines.slice(exception));
  return lines.findLast((line) => SAID.test(line))?.trim();
}

/** A sentence without its full stop, so that it can stand within another one. */
export function withoutStop(text: string): string {
  return text.replace(/(?<=[^.])\.$/, "");
}

function untilBlank(lines: readonly string[]): string {
  const end = lines.findIndex((line) => line.trim() === "" || /^(?:Platform|Borg): /.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => line.trim()).join(" ");
}
