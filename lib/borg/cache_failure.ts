/**
 * Explains that Borg's cache on this machine is damaged, as after a power cut. Nothing in the
 * repository is lost then, but Borg says it in the words that it has for a damaged repository.
 *
 * @module
 */
import { borgCommand } from "../text/own_command.ts";
import { damaged } from "./damage_failure.ts";
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** A cache is a directory that has the repository's id, 64 hexadecimal digits, for its name. */
const IN_CACHE = /\/[0-9a-f]{64}\/(?:chunks|files|config|chunks\.archive\.d)\b/;
/** How a cache that can't be read shows, as a traceback: a file that is empty, or cut off. */
const UNREADABLE =
  /\bcache\.py", line \d+, in _do_open$[^]*^ValueError: Could not read header|\bdoes not look like a Borg cache\b/m;

/** Says whether a traceback is about Borg's cache. */
export function isBrokenCache(text: string): boolean {
  return UNREADABLE.test(text);
}

/**
 * A file failed Borg's integrity check: one of its cache, or one of the repository.
 *
 * @param text the line that has the path
 */
export function brokenFile(
  repository: BorgRepository,
  words: BorgWords,
  text: string,
): BorgFailure {
  return IN_CACHE.test(text) ? brokenCache(repository, text) : damaged(repository, words, text);
}

/** Borg's cache of the repository is damaged. */
export function brokenCache({ label }: BorgRepository, text: string): BorgFailure {
  const look = borgCommand(label, "check", "::");
  const rebuild = borgCommand(label, "delete", "--cache-only", "::");
  return {
    kind: "other",
    message: `Borg's cache of the repository is damaged, as after a power cut: ${text}`,
    hint: `The repository itself may be well. Look first; this changes nothing: "${look}". Then ` +
      `"${rebuild}" deletes the cache on this machine, and no archive; the next run builds it ` +
      "again, which can take hours",
  };
}
