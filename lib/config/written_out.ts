/**
 * Values that were copied from an example or wait for a shell: nothing replaces them, and a
 * repository would be encrypted with the words of our own documents.
 * @module
 */
import type { RepositoryKey } from "../borg/repository.ts";
import { asTable, type Problem, valueAt } from "./config_problem.ts";

/**
 * The passphrases in the examples of our documents, in lower case. A test compares them with the
 * documents.
 */
const EXAMPLES: ReadonlySet<string> = new Set(["change me", "change me too"]);

/** What a backslash did that was meant as one, as on Windows. */
export const ESCAPES = "in double quotes a backslash begins an escape, between '…' it is itself";

/** `$NAME` or `${NAME}`; in the middle of a word a dollar sign is only a character. */
const VARIABLE = /(?<!\w)\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)/;

/** What Windows calls its recycle bin, on every one of its file systems. */
const RECYCLE_BIN = "$RECYCLE.BIN";

/**
 * Finds a variable of a shell in a path or a url.
 *
 * @returns such as `$HOME` or `${HOME}`
 */
export function variableIn(place: string): string | undefined {
  return VARIABLE.exec(place.replaceAll(RECYCLE_BIN, ""))?.[0];
}

/**
 * Finds repositories whose passphrase was never chosen, wherever it comes from. A dollar sign within
 * a passphrase is a character like any other.
 *
 * @param keys by the index of the repository
 */
export function unchosenPassphrases(
  document: unknown,
  keys: ReadonlyMap<number, RepositoryKey>,
): readonly Problem[] {
  return [...keys].flatMap(([index, key]) => {
    const message = key.kind === "passphrase" ? rejectUnchosen(key.passphrase.reveal()) : undefined;
    if (message === undefined) return [];
    const repository = ["repositories", index];
    const table = asTable(valueAt(document, repository)) ?? {};
    const name = ["passphrase", "passphrase_file"].find((one) => table[one] !== undefined);
    return [{
      path: name === undefined ? repository : [...repository, name],
      message,
      isKey: true,
    }];
  });
}

/** Says what is wrong with a passphrase, without it; `undefined`: a person may have chosen it. */
export function rejectUnchosen(passphrase: string): string | undefined {
  const text = passphrase.trim();
  if (EXAMPLES.has(text.toLowerCase())) {
    return "expected a passphrase of your own, found the example from the documentation: make one " +
      'with "head -c 24 /dev/urandom | base64"';
  }
  if (VARIABLE.exec(text)?.[0] === text) {
    return "expected the passphrase itself, found the name of a variable, which is not expanded: " +
      "name a file with passphrase_file, or a program that prints it with passphrase_command";
  }
  return undefined;
}

/** What only a shell understands, outside of single quotes: pipes, variables, the output of commands. */
const OF_A_SHELL =
  /(?<=^|\s)(?:\|{1,2}|&{1,2}|;|\d?>{1,2}|<)(?=\s|$)|(?<=\S);(?=\s)|\d>&\d|\$\(|`|\$\{?[A-Za-z_]\w*|(?<=^|\s)~\//;

/**
 * Checks a command that Borg starts by itself.
 *
 * @throws {RangeError} with a statement, without the command, when it needs a shell and starts none
 */
export function checkCommand(command: string): void {
  if (/^\s*\S*\bsh\s+(?:-\w+\s+)*-\w*c\s/.test(command)) return;
  // In double quotes a shell would still look for variables, in single ones for nothing.
  const bare = command.replace(/'[^']*'/g, "''").replace(
    /"((?:\\.|[^"\\])*)"/g,
    (_, text: string) => `"${/\$[({A-Za-z_]|`/.test(text) ? text : ""}"`,
  );
  const [found] = OF_A_SHELL.exec(bare) ?? [];
  if (found === undefined) return;
  const mark = /^\$\{?\w/.test(found) ? "$" : found;
  throw new RangeError(
    `expected a program and its arguments, found ${JSON.stringify(mark)}: Borg starts no shell, ` +
      "which alone understands it; put the commands into a script, and its path here",
  );
}
