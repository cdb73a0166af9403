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

/** What a user types before a command that only root can run. */
const SUDO = "sudo";
let needsSudo = false;

/**
 * Says which configuration the commands of hints name from now on: any but the default one.
 *
 * @param path the configuration of this process; a relative path is made absolute, because a hint is
 * pasted in another directory
 * @param rootOnly whether the reader is a plain user, and the configuration is root's
 */
export function nameConfig(path: string, rootOnly = false): void {
  const absolute = absolutePath(path);
  needsSudo = rootOnly;
  namedConfig = absolute === DEFAULT_CONFIG ? [] : ["--config", absolute];
}

/** Writes a command of autoborg for a hint, as one line that can be pasted into a shell. */
export function ownCommand(verb: string, ...words: readonly string[]): string {
  return commandLine([...needsSudo ? [SUDO] : [], ...ownWords(verb, ...words)]);
}

/** The same for a plain user who lacks the rights of root. */
export function rootCommand(verb: string, ...words: readonly string[]): string {
  return commandLine([SUDO, ...ownWords(verb, ...words)]);
}

/**
 * The command that exports keys, with a directory that its user can write to.
 *
 * @param words options, such as the repository
 */
export function keyExportCommand(...words: readonly string[]): string {
  const directory = needsSudo || Deno.uid() === 0 ? "/root/keys" : "./keys";
  return ownCommand("key export", ...words, directory);
}

/** The part of such a command that names the configuration; `undefined` for the default one. */
export function configOptionText(): string | undefined {
  return namedConfig.length === 0 ? undefined : commandLine(namedConfig);
}

/**
 * A command of autoborg for a program that starts it.
 *
 * @param verb such as "list" or "key export"
 */
export function ownWords(verb: string, ...words: readonly string[]): readonly string[] {
  return ["autoborg", ...verb.split(" "), ...namedConfig, ...words];
}

/**
 * Writes a command of Borg for a hint. It goes through autoborg, which gives Borg the repository's
 * address, passphrase and ssh key.
 *
 * It never begins with `sudo`: who reads of Borg's failure is the user whose Borg failed, and so who
 * could open the repository. Through sudo Borg would use the cache, the keys and the memory of root
 * instead of those that the hint is about.
 *
 * @param words the arguments for Borg; the repository is left out, or is `::`
 * @returns one line that can be pasted into a shell, such as `autoborg borg disk -- info`
 */
export function borgCommand(label: string, ...words: readonly string[]): string {
  return commandLine(ownWords("borg", label, "--", ...words));
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
