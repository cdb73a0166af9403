/**
 * Explains that a repository, an archive or Borg's cache is damaged. A repair is never the first thing
 * to do: it deletes.
 *
 * @module
 */
import { borgCommand, ownCommand } from "../text/own_command.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** How a broken index shows, as a traceback: Borg's docs, "potential index corruption". */
const BROKEN_INDEX =
  /Corrupted segment reference count|\bIndex mismatch for key\b|\bstats_against: key contained in self\b/;

/** A cache is a directory that has the repository's id, 64 hexadecimal digits, for its name. */
const IN_CACHE = /\/[0-9a-f]{64}\/(?:chunks|files|config|chunks\.archive\.d)\b/;
/** How a cache that can't be read shows, as a traceback: a file that is empty, or cut off. */
const UNREADABLE_CACHE =
  /\bcache\.py", line \d+, in _do_open$[^]*^ValueError: Could not read header|\bdoes not look like a Borg cache\b/m;

/** What Borg 1.2 and 1.4 do with the entries of an archive: `borg list`, and `borg extract`. */
const AT_ENTRIES = /, in (?:_list_archive|do_extract)$/m;
/** What Python says of a value that is not there, or is not of its kind. */
const OF_VALUE =
  /^(?:AttributeError|IndexError|KeyError|OverflowError|TypeError|Unicode\w+Error|ValueError)\b/;

/**
 * Recognises damage by Borg's traceback.
 *
 * @param text all that Borg said
 * @param exception the line of the exception
 */
export function damageFailure(
  repository: BorgRepository,
  text: string,
  exception: string,
): BorgFailure | undefined {
  if (UNREADABLE_CACHE.test(text)) return brokenCache(repository, exception);
  if (BROKEN_INDEX.test(text)) return damaged(repository, exception);
  // Borg fails with a traceback when an entry lacks what Borg itself always writes.
  if (!AT_ENTRIES.test(text) || !OF_VALUE.test(exception)) return undefined;
  return other(
    `Borg can't read an entry of the archive (${exception}); the archive was not made by ` +
      "Borg as it is, or is damaged",
    `Choose another archive, of this repository or of another one: "${ownCommand("list")}"`,
  );
}

/** Explains that a file of the cache or of the repository failed Borg's integrity check. */
export function brokenFile(repository: BorgRepository, text: string): BorgFailure {
  return IN_CACHE.test(text) ? brokenCache(repository, text) : damaged(repository, text);
}

/** Nothing in the repository is lost then, although Borg speaks of a damaged repository. */
function brokenCache({ label }: BorgRepository, text: string): BorgFailure {
  const look = borgCommand(label, "check", "::");
  const rebuild = borgCommand(label, "delete", "--cache-only", "::");
  return other(
    `Borg's cache of the repository is damaged, as after a power cut: ${text}`,
    `The repository itself may be well. Look first; this changes nothing: "${look}". Then ` +
      `"${rebuild}" deletes the cache on this machine, and no archive; the next run builds it ` +
      "again, which can take hours",
  );
}

/** Explains that the repository is damaged. */
export function damaged(repository: BorgRepository, text: string): BorgFailure {
  return other(`the repository is damaged: ${text}`, damageAdvice(repository));
}

/** How to look at a damaged repository, and what a repair would destroy. */
export function damageAdvice({ label, url }: BorgRepository): string {
  const look = borgCommand(label, "check", "--verify-data", "::");
  return `Look first; this changes nothing: "${look}". ` +
    "Check the disk and the memory of the machine that it is on (dmesg, smartctl). Borg's " +
    '"check --repair" deletes what it can\'t read and puts zeros into the files of old archives: ' +
    `never without a copy of "${url}"`;
}
