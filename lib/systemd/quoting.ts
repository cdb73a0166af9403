/**
 * Writes words as systemd reads them in unit files (systemd.syntax(7), systemd.unit(5)).
 *
 * @module
 */
import { AppError } from "../errors.ts";

/**
 * Writes one word for a setting that takes a list of words. Only a quote and a backslash get a
 * backslash: lists of paths know no other escapes, unlike commands.
 *
 * @throws {AppError} when it has a control character, for which lists of paths have no escape
 */
export function word(text: string): string {
  if (/\p{Cc}/u.test(text)) {
    throw new AppError(
      `Cannot write ${JSON.stringify(text)} into a systemd unit: it contains a control character`,
      { hint: "Give it another name" },
    );
  }
  // A single percent sign begins a specifier.
  const escaped = text.replaceAll("%", "%%");
  if (/^[^\s"'\\;#]+$/u.test(escaped)) return escaped;
  return `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/**
 * Writes a command as the value of `ExecStart=`: the program's absolute path and its arguments. A dollar
 * sign stands for itself, and begins no variable.
 *
 * @throws {AppError} when a word has a control character, or the program one that systemd refuses there
 */
export function commandLine(words: readonly string[]): string {
  const [program = ""] = words;
  if (/["'\\]/.test(program)) {
    throw new AppError(
      `Cannot let systemd start ${
        JSON.stringify(program)
      }: systemd accepts no program with a quote or a backslash in its path`,
      { hint: "Install it to another path" },
    );
  }
  // The colon turns variables off (since systemd 244). "$$" would do so for arguments only.
  const start = words.some((text) => text.includes("$")) ? ":" : "";
  return start + words.map(word).join(" ");
}
