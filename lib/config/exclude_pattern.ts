/** Judges a pattern to exclude as Borg would read it. Pure. @module */
import type { z } from "zod";
import { regexFault } from "./python_regex.ts";
import { readableText } from "./readable_text.ts";

/** Borg takes two letters and a colon at the beginning of a pattern for its style. */
const PATTERN = /^(?!(?!(?:fm|sh|re|pp|pf):)[A-Za-z0-9]{2}:.)[^\p{Cc}]+$/u;

/** A pattern of what Borg excludes. */
export function borgPattern(): z.ZodString {
  const wanted = 'a Borg pattern, such as "*.tmp", "sh:home/*/.cache" or "re:\\.o$"';
  return readableText(wanted, PATTERN, checkPattern);
}

/**
 * Checks a pattern that has one of Borg's styles, or none.
 *
 * @throws {RangeError} with a statement when it is not one, or would match nothing
 */
export function checkPattern(pattern: string): void {
  const shown = JSON.stringify(pattern);
  const [, style, text] = /^(?:(fm|sh|re|pp|pf):)?(.*)$/s.exec(pattern) ?? [];
  if (text === undefined) return;
  const fault = style === "re" ? regexFault(text) : undefined;
  if (fault !== undefined) {
    throw new RangeError(
      `expected a regular expression of Python after "re:", found ${shown}: ${fault}`,
    );
  }
  if (style === undefined && /^(?:[-+!]|(?:P|R)) \S/.test(text)) {
    throw new RangeError(
      `expected the pattern alone, without "${
        text.slice(0, 2)
      }" from a patterns file, found ${shown}`,
    );
  }
  if (style === undefined && text.startsWith("!")) {
    throw new RangeError(
      `expected a pattern without "!", because what one excludes no other takes back, found ${shown}`,
    );
  }
  const [, option] = /^(--(?:exclude|include|pattern)[\w-]*)[= ]/.exec(text) ?? [];
  if (style === undefined && option !== undefined) {
    throw new RangeError(`expected the pattern alone, without "${option}", found ${shown}`);
  }
  if (/^[A-Za-z]:\\/.test(text)) {
    throw new RangeError(`expected a path of this machine, found ${shown}`);
  }
  if (text.startsWith("~/")) {
    throw new RangeError(`expected an absolute path: the "~" in ${shown} is not expanded`);
  }
}
