/**
 * The line that bash completes. Bash cuts words at `=` and `:` and gives them with their quotes, so
 * the line itself is read here, and what is proposed is quoted as the line needs it. Pure.
 * @module
 */

/** How the last word of a line is quoted at its end. */
type Quote = "" | "'" | '"' | "$'";

/** A line up to the cursor. */
interface BashLine {
  /** Without their quotes, the program's name first; the last one is to be completed. */
  readonly words: readonly string[];
  /** The quote that is still open. */
  readonly quote: Quote;
  /** How many characters of the last word bash keeps; it replaces the others. */
  readonly kept: number;
  /** Whether the last word is a file that something is redirected to. */
  readonly redirected: boolean;
}

/** Reads a line; `breaks` is $COMP_WORDBREAKS, where bash cuts words. */
export function readBashLine(line: string, breaks: string): BashLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote: Quote = "";
  let kept = 0;
  let redirection = false;
  const finish = () => {
    if (word !== undefined && !redirection) words.push(word);
    if (word !== undefined) redirection = false;
    word = undefined;
    kept = 0;
  };
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote !== "") {
      const isEnd = character === quote.at(-1);
      if (isEnd) quote = "";
      else if (character === "\\" && escapes(quote, line.charAt(at + 1))) word += line.charAt(++at);
      else word += character;
    } else if (/\s/.test(character)) finish();
    else if (character === "<" || character === ">") {
      // In "2>" the number belongs to it.
      if (word !== undefined && /^\d+$/.test(word)) word = undefined;
      finish();
      redirection = true;
    } else {
      word ??= "";
      const dollar = character === "$" && line.charAt(at + 1) === "'";
      if (character === "'" || character === '"' || dollar) {
        quote = dollar ? "$'" : character === "'" ? "'" : '"';
        if (dollar) at++;
        // What stands before a quote that stays open is no part of what bash replaces.
        if (isOpen(line, at + 1, quote)) kept = word.length;
      } else if (character === "\\") word += line.charAt(++at);
      else {
        word += character;
        if (breaks.includes(character)) kept = word.length;
      }
    }
  }
  return { words: [...words, word ?? ""], quote, kept, redirected: redirection };
}

/** Whether a backslash stands for the character behind it, and not for itself. */
function escapes(quote: Quote, next: string): boolean {
  return quote === "$'" || (quote === '"' && next !== "" && '\\"$`'.includes(next));
}

/** Whether a quote is never closed. */
function isOpen(line: string, from: number, quote: Quote): boolean {
  for (let at = from; at < line.length; at++) {
    if (line.charAt(at) === quote.at(-1)) return false;
    if (line.charAt(at) === "\\" && escapes(quote, line.charAt(at + 1))) at++;
  }
  return true;
}

/** Writes what replaces the last word, or its rest, so that bash reads `word`. */
export function writeBashWord(word: string, { quote, kept }: BashLine): string {
  const rest = word.slice(kept);
  if (quote === "'") return rest.replaceAll("'", "'\\''");
  if (quote === '"') return rest.replaceAll(/[\\"$`]/g, "\\$&");
  if (quote === "$'") return rest.replaceAll(/[\\']/g, "\\$&");
  return rest.replaceAll(/[^\p{L}\p{N}_.,:=@%+/-]/gu, "\\$&");
}
