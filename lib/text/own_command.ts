/**
 * Commands of autoborg that hints tell people to paste. They are made here and nowhere else, so that
 * each of them is quoted, and names the configuration that this process works with.
 *
 * @module
 */
import { isAbsolute, resolve } from "node:path";
import { commandLine } from "./printable.ts";

/** Where the configuration is looked for last; a command need not name it. */
export const DEFAULT_CONFIG = "/etc/autoborg/config.toml";

/**
 * One process works with one configuration. Hints are made in many places that do not know it; they
 * end up in mails, logs and the history, where nobody can tell any more which one it was.
 */
let namedConfig: readonly string[] = [];

/**
 * Says which configuration the commands of hints name from now on: any but the default one.
 *
 * @param path the configuration of this process; a relative path is made absolute, because a hint is
 * pasted in another directory
 */
export function nameConfig(path: string): void {
  const absolute = absolutePath(path);
  namedConfig = absolute === DEFAULT_CONFIG ? [] : ["--config", absolute];
}

/** Writes a command of autoborg for a hint, as one line that can be pasted into a shell. */
export function ownCommand(verb: string, ...words: readonly string[]): string {
  return commandLine(ownWords(verb, ...words));
}

/** The part of such a command that names the configuration; `undefined` for the default one. */
export function configOptionText(): string | undefined {
  return namedConfig.length === 0 ? undefined : commandLine(namedConfig);
}

/** A command of autoborg for a program that starts it. */
export function ownWords(verb: string, ...words: readonly string[]): readonly string[] {
  return ["autoborg", verb, ...namedConfig, ...words];
}

/**
 * Writes a command of Borg for a hint. It goes through autoborg, which gives Borg the repository's
 * address, passphrase and ssh key.
 *
 * @param words the arguments for Borg; the repository is left out, or is `::`
 * @returns one line that can be pasted into a shell, such as `autoborg borg disk -- info`
 */
export function borgCommand(label: string, ...words: readonly string[]): string {
  return ownCommand("borg", label, "--", ...words);
}

function absolutePath(path: string): string {
  if (isAbsolute(path)) return resolve(path);
  try {
    return resolve(path);
  } catch {
    // The working directory is gone.
    return path;
  }
}
