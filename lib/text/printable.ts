/**
 * File names may hold anything but `/` and NUL: line breaks that would forge a log line, escape
 * sequences that would take over the terminal, marks that turn the direction of text, so that
 * `photo[U+202E]gpj.exe` looks like `photoexe.jpg`. What is printed goes through here.
 *
 * @module
 */

/**
 * What nobody sees or what moves other text: control characters (Cc) but tab and line feed, format
 * characters (Cf: marks of direction, zero-width characters, tags), separators of lines and paragraphs,
 * and what Unicode calls ignorable by default. A variation selector behind an emoji is part of it.
 * Every space but that of ASCII (Zs) is part of it as well, and the two signs that are drawn as nothing:
 * the Braille pattern without dots (U+2800) and the note without a head (U+1D159).
 */
const UNSEEN = new RegExp(
  "(?![\\t\\n])" +
    "(?:(?!(?<=\\p{Extended_Pictographic})\\ufe0f)" +
    "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}" +
    "\\u2800\\u{1d159}]|(?! )\\p{Zs})",
  "gu",
);

/** Nearly all texts have only these, and are looked at fast. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/**
 * Makes every control character but tab and line feed visible, as `\x1b`, and everything else that
 * can't be seen, as `\u202e` or `\u{e0041}`.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    if (code < 0xa0) return `\\x${digits.padStart(2, "0")}`;
    return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
  });
}

/**
 * Makes what can't be seen visible in text that is made already: colours, the sequences that move a
 * cursor, and JSON stay what they are, because the first 32 characters are kept, and everything else
 * is written as JSON does.
 *
 * @returns text without characters that turn or hide others
 */
export function withoutUnseen(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return text.replace(UNSEEN, (character) => {
    if (character < "\x7f") return character;
    return [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
  });
}

const BEYOND_ASCII = /[^\0-\x7e]/;

/** The same on one line: line feeds become `\n`, tabs become `\t`. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** Writes a command so that a person can read it and a POSIX shell would understand it. */
export function commandLine(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (printableLine(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  // What a person could not see is written in the form of ANSI-C quoting: $'a\nb'. A character beyond
  // ASCII is no single byte, so "\x9b" would not do.
  const visible = word.replaceAll("\\", "\\\\").replaceAll("'", "\\'")
    .replace(UNSEEN, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x80) return character;
      const digits = code.toString(16);
      return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
    });
  return `$'${printableLine(visible)}'`;
}
