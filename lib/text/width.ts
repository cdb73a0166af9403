/** How many columns a text takes on a terminal, and how it is made to fit. @module */
import { eastAsianWidth } from "get-east-asian-width";

let segmenter: Intl.Segmenter | undefined;

/** Cuts a text only where a terminal begins another character. */
function clusters(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** No cluster of this program's texts has more UTF-16 units for each of its columns. */
const MOST_UNITS = 16;

/**
 * Characters that take one column each, alone and beside each other: those of ASCII and of Western
 * languages, and what our own texts draw with. Nearly every text has no others, and the rules for
 * the rest cost as much to load as a whole list.
 */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2013\u2014\u2026\u2580-\u259f]*$/;

/** Measures a text. */
export function columns(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  const plain = text.replace(COLOURS, "");
  for (const { segment } of clusters(JAMO.test(plain) ? plain.normalize() : plain)) {
    width += columnsOfCluster(segment);
  }
  return width;
}

/** What makes text coloured or bold. */
const COLOURS = /\p{Cc}\[[\d;]*m/gu;

/** Parts of Korean syllables: composed, a syllable is one character. */
const JAMO = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/;

/** The rules for what is not narrow. */
interface WideRules {
  /** A cluster that is an emoji; only that of a flag needs two of its kind. */
  readonly emoji: RegExp;
  /** A character without a width of its own. */
  readonly invisible: RegExp;
}

let wideRules: WideRules | undefined;

/**
 * Made when a text needs them: V8 looks up the characters of each class then, which takes 36 ms for
 * `\p{RGI_Emoji}` alone. A regular expression between slashes would be made with its module.
 */
function rulesForWide(): WideRules {
  return wideRules ??= {
    emoji: new RegExp(
      String.raw`^\p{RI}{2}|^[\d#*]\ufe0f?\u20e3|(?=\P{RI})\p{Emoji_Presentation}|` +
        String.raw`(?=\p{Emoji})\p{Extended_Pictographic}(?:\ufe0f|.*\u200d\p{Emoji})`,
      "u",
    ),
    invisible: new RegExp(
      String.raw`^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{Mn}\p{Me}]`,
      "u",
    ),
  };
}

/** What a terminal shows as one character. */
function columnsOfCluster(cluster: string): number {
  const { emoji, invisible } = rulesForWide();
  if (emoji.test(cluster)) return 2;
  let width = 0;
  for (const character of cluster) {
    if (!invisible.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return width;
}

/** Cuts a text that does not fit into one line, with "…" at its end. */
export function fit(text: string, width: number): string {
  if (NARROW.test(text)) {
    if (text.length <= width) return text;
    return width < 1 ? "" : `${text.slice(0, width - 1)}…`;
  }
  let used = 0;
  let kept = 0;
  for (const { segment, index } of clusters(text)) {
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
  for (const { segment, index } of [...clusters(end)].reverse()) {
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
