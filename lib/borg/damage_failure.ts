/**
 * Explains that a repository, an archive or Borg's cache is damaged. A repair is never the first thing
 * to do: it deletes.
 *
 * @module
 */
import { borgCommand, ownCommand } from "../text/own_command.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import { importKey } from "./key_advice.ts";
import { damagedCache, isInCache } from "./own_directories_failure.ts";
import type { BorgRepository } from "./repository.ts";

/** How a broken index shows, as a traceback: Borg's docs, "potential index corruption". */
const BROKEN_INDEX =
  /Corrupted segment reference count|\bIndex mismatch for key\b|\bstats_against: key contained in self\b/;
/** Where Borg reads what goes with the index; a power failure leaves it empty. */
const AT_INDEX = /\brepository\.py", line \d+, in (?:_read_integrity|open_index|prepare_txn)$/m;

/** A file of the repository's data that is gone, or all of them. */
const NO_SEGMENT = /^FileNotFoundError: .*\/data(?:\/\d+\/\d+)?'$/;
/** Where Borg reads the key, and the repository's own configuration. */
const AT_KEY = /\bkey\.py", line \d+, in (?:_load|decrypt_key_file\w*)$/m;
const UNREADABLE_KEY =
  /\b(?:OutOfData|UnpackException|ValueError|KeyError|TypeError|binascii\.Error)\b/;
const AT_CONFIG = /\brepository\.py", line \d+, in open$/m;
const UNREADABLE_CONFIG = /^(?:configparser\.\w+|UnicodeDecodeError|ValueError|binascii\.Error)\b/;

/** What Borg says of data that was changed together with its checksum, as a traceback. */
const UNAUTHENTIC = /^(?:\w+\.)*IntegrityError\b/;

/** What Borg 1.2 and 1.4 do with the entries of an archive: `borg list`, and `borg extract`. */
const AT_ENTRIES = /, in (?:_list_archive|do_extract)$/m;
/** What Python says of a value that is not there, or is not of its kind. */
const OF_VALUE =
  /^(?:AttributeError|IndexError|KeyError|OverflowError|TypeError|Unicode\w+Error|ValueError)\b/;

/** Recognises damage by Borg's traceback. */
export function damageFailure(
  repository: BorgRepository,
  text: string,
  exception: string,
): BorgFailure | undefined {
  const isRepository = BROKEN_INDEX.test(text) || NO_SEGMENT.test(exception) ||
    AT_INDEX.test(text) && /\b(?:UnpackException|ExtraData)\b/.test(exception) ||
    UNAUTHENTIC.test(exception);
  if (isRepository) return damaged(repository, exception);
  if (AT_KEY.test(text) && UNREADABLE_KEY.test(exception)) return damagedKey(repository, exception);
  if (AT_CONFIG.test(text) && UNREADABLE_CONFIG.test(exception)) return damagedConfig(exception);
  // Borg fails with a traceback when an entry lacks what Borg itself always writes.
  if (!AT_ENTRIES.test(text) || !OF_VALUE.test(exception)) return undefined;
  return {
    kind: "damaged",
    message: `Borg can't read an entry of the archive (${exception}); the archive is damaged, or ` +
      "Borg did not create it in this form",
    hint: `Choose another archive, from this or another repository: "${ownCommand("list")}"`,
  };
}

/** Explains that a file of the cache or of the repository failed Borg's integrity check. */
export function brokenFile(repository: BorgRepository, text: string): BorgFailure {
  return isInCache(text) ? damagedCache(repository, text) : damaged(repository, text);
}

function damagedKey(repository: BorgRepository, exception: string): BorgFailure {
  return other(`the repository's key is damaged: ${exception}`, `Restore ${importKey(repository)}`);
}

/** Explains that the file of a repository can't be read which says what it is. */
export function damagedConfig(text: string): BorgFailure {
  return other(
    `the repository's own "config" file is damaged: ${text}`,
    "Restore that file from a copy of the repository; for a repokey it contains the key",
  );
}

/** Explains that the repository is damaged. */
export function damaged(repository: BorgRepository, text: string): BorgFailure {
  return {
    kind: "damaged",
    // The sentence goes on in reports.
    message: `the repository is damaged: ${text.replace(/\.$/, "")}`,
    hint: damageAdvice(repository),
  };
}

/** How to look at a damaged repository, and what a repair would destroy. */
export function damageAdvice({ label, url }: BorgRepository): string {
  const look = borgCommand(label, "check", "--verify-data", "::");
  return `Look first; this changes nothing: "${look}". ` +
    "Check the disk and the memory of its machine (dmesg, smartctl). Borg's " +
    '"check --repair" deletes what it can\'t read and fills gaps in the files of old archives ' +
    `with zeros: never without a copy of "${url}"`;
}
