/** Cuts what is too long to be shown. Programs may print lines of any length. @module */
import { humanCount } from "./units.ts";

/** The longest line of a log file, in bytes of UTF-8. */
export const LONGEST_LOG_LINE = 65_536;

/** The longest message of a problem on the terminal and in a mail, in bytes of UTF-8. */
export const LONGEST_MESSAGE = 16_384;

/** No character of UTF-8 takes more bytes than this for each unit of a JavaScript string. */
const MOST_BYTES = 3;

/**
 * Cuts a text that is too long, and says how much is missing.
 *
 * @param longest how many bytes of UTF-8 stay at most; the remark comes on top of them
 * @returns the text, or its beginning and such as "… (1,234 bytes cut here)"
 */
export function cutText(text: string, longest: number): string {
  if (text.length * MOST_BYTES <= longest) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= longest) return text;
  let end = longest;
  // Not in the middle of a character: its further bytes begin with the bits 10.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  const head = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, end));
  return `${head}… (${humanCount(bytes.length - end)} bytes cut here)`;
}

/** Cuts each line that is longer than a number of bytes of UTF-8. */
export function cutLines(text: string, longest: number): string {
  if (text.length * MOST_BYTES <= longest) return text;
  return text.split("\n").map((line) => cutText(line, longest)).join("\n");
}
