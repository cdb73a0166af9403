/**
 * File names may hold anything but `/` and NUL: line breaks that would forge a log line, escape
 * sequences that would take over the terminal. What is printed goes through here.
 *
 * @module
 */

// deno-lint-ignore no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/**
 * Makes every control character but tab and line feed visible, as `\x1b`.
 *
 * @param text any text
 * @returns text that is safe to print
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code <= 0xff
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/**
 * The same on one line: line feeds become `\n`, tabs become `\t`.
 *
 * @param text any text
 * @returns one line that is safe to print
 */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/**
 * Writes a command so that a person can read it and a POSIX shell would understand it.
 *
 * @param command program and arguments
 * @returns one line
 */
export function commandLine(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (printableLine(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  // What a person could not see is written in the form of ANSI-C quoting: $'a\nb'.
  const visible = word.replaceAll("\\", "\\\\").replaceAll("'", "\\'")
    // A control character of Unicode is no single byte, so "\x9b" would not do.
    .replace(/[\u0080-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  return `$'${printableLine(visible)}'`;
}
