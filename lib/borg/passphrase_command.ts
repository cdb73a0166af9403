/**
 * The time limit of a `passphrase_command`. Borg starts that command, not we, so the limit has to be
 * in the command line that Borg gets: `timeout` of the coreutils stands in front of it.
 *
 * @module
 */
import { basename, join } from "node:path";
import { type BorgFailure, other } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** What `timeout --verbose` says when the time limit was reached. */
const TIME_IS_OVER = /(?:^|\/)timeout: sending signal TERM to command/;

/**
 * Puts a time limit on a `passphrase_command`. `--foreground` keeps the command in Borg's process
 * group, where everything it has started can be ended; what `--verbose` says tells when to do so.
 *
 * @param limit milliseconds
 * @returns the command line for Borg; the same when there is no `timeout`, or one with other options
 */
export function limitedCommand(command: string, path: string, limit: number): string {
  const program = findTimeout(path);
  if (program === undefined) return command;
  return `${program} --foreground --verbose --kill-after=5 ${limit / 1_000} ${command}`;
}

/** Says whether a line of standard error tells that the time of a `passphrase_command` is over. */
export function tellsTimeIsOver(line: string): boolean {
  return TIME_IS_OVER.test(line);
}

/** Explains that a `passphrase_command` took longer than a limit in milliseconds. */
export function passphraseCommandTooSlow(repository: BorgRepository, limit: number): BorgFailure {
  return other(
    `the passphrase_command did not finish within ${limit / 1_000} s and was stopped`,
    `Run the passphrase_command of [[repositories]] "${repository.label}" by hand, as the ` +
      "same user and without a terminal: it must not ask or wait for anything",
  );
}

function findTimeout(path: string): string | undefined {
  for (const directory of path.split(":")) {
    const file = join(directory, "timeout");
    // A path with other characters would have to be quoted.
    if (!/^\/[\w./-]+$/.test(file)) continue;
    try {
      const { isFile, mode } = Deno.statSync(file);
      if (!isFile || ((mode ?? 0) & 0o111) === 0) continue;
      // Busybox and toybox have a timeout with fewer options.
      return /box/.test(basename(Deno.realPathSync(file))) ? undefined : file;
    } catch {
      // It is not there.
    }
  }
  return undefined;
}
