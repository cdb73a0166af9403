/**
 * Explains that a file is damaged which Borg keeps on this machine, as after a power failure: of its cache,
 * which it can build again, or of its security directory, which says what it knows of a repository.
 *
 * @module
 */
import { borgCommand } from "../text/own_command.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import { lookWithoutMemory } from "./look_advice.ts";
import type { InheritedEnvironment } from "./environment.ts";
import { shownDirectories } from "./own_directories.ts";
import type { BorgRepository } from "./repository.ts";

/** A cache is a directory that has the repository's id, 64 hexadecimal digits, for its name. */
const IN_CACHE = /\/[0-9a-f]{64}\/(?:chunks|files|config|chunks\.archive\.d)\b/;
/** Where Borg 1.2 and 1.4 read the files of their cache. */
const AT_CACHE = /\bcache\.py", line \d+, in (?:_do_open|load|_check_upgrade)$/m;
const NO_CACHE = /\bdoes not look like a Borg cache\b/;
/** What is said of a file that is empty, cut off, missing or full of something else. */
const UNREADABLE =
  /^(?:[\w.]+\.)?(?:ValueError|UnicodeDecodeError|ParsingError|MissingSectionHeaderError|NoSectionError|NoOptionError|DuplicateOptionError|FileNotFoundError|IsADirectoryError|FileIntegrityError|KeyError|EOFError|UnpackException)\b/m;

/** The files of the security directory, by where Borg reads them. */
const REMEMBERED: readonly { readonly at: RegExp; readonly file: string }[] = [
  { at: /, in key_matches$/m, file: "key-type" },
  { at: /, in assert_location_matches$/m, file: "location" },
  { at: /, in assert_no_manifest_replay$/m, file: "manifest-timestamp" },
  { at: /, in get_local_free_nonce$/m, file: "nonce" },
];
const UNREADABLE_MEMORY = /^(?:UnicodeDecodeError|ValueError|struct\.error|binascii\.Error)\b/m;

/**
 * Recognises damage of Borg's own files by its traceback.
 *
 * @param inherited the environment that Borg was started from
 */
export function ownDirectoryFailure(
  repository: BorgRepository,
  text: string,
  exception: string,
  inherited: InheritedEnvironment = {},
): BorgFailure | undefined {
  const isCache = NO_CACHE.test(text) || AT_CACHE.test(text) && UNREADABLE.test(text);
  if (isCache) return damagedCache(repository, exception);
  if (/\bhas an invalid nonce file\b/.test(text)) {
    return damagedMemory(repository, "nonce", exception, inherited);
  }
  const remembered = REMEMBERED.find(({ at }) => at.test(text));
  if (remembered === undefined || !UNREADABLE_MEMORY.test(text)) return undefined;
  return damagedMemory(repository, remembered.file, exception, inherited);
}

/** Whether a path lies in a cache. */
export function isInCache(text: string): boolean {
  return IN_CACHE.test(text);
}

/** Nothing in the repository is lost then, although Borg may speak of a damaged repository. */
export function damagedCache({ label }: BorgRepository, text: string): BorgFailure {
  const look = borgCommand(label, "check", "::");
  const rebuild = borgCommand(label, "delete", "--cache-only", "::");
  const hint =
    `The repository itself may be intact. Look first; this changes nothing: "${look}". Then ` +
    `"${rebuild}" deletes the cache on this machine, and no archive; the next run builds it ` +
    "again, which can take hours";
  const message = `Borg's cache of the repository is damaged, as after a power failure: ${text}`;
  const missing = /No such file or directory: '(.+\/[0-9a-f]{64})\/config'/.exec(text)?.[1];
  if (missing === undefined) return { kind: "cache-damaged", message, hint };
  // Without its config Borg takes it for no cache, and does not delete it.
  return other(
    message,
    `The repository itself may be intact. Look first; this changes nothing: "${look}". Then ` +
      `move the cache aside, which loses nothing but time: "mv ${missing} ${missing}.damaged"`,
  );
}

function damagedMemory(
  repository: BorgRepository,
  file: string,
  exception: string,
  inherited: InheritedEnvironment,
): BorgFailure {
  const { security } = shownDirectories(inherited);
  const id = borgCommand(repository.label, "config", "::", "id");
  return other(
    `the file "${file}" in Borg's security directory is damaged, as after a power failure: ` +
      `${exception}`,
    "Borg remembers there which repository it knows, so that another or an older one is noticed. " +
      `Check first that all archives are there: ${
        lookWithoutMemory(repository)
      }. Then move the file aside: it is below ${security}, in the directory that ` +
      `"${id}" names. Borg then accepts what the repository shows`,
  );
}
