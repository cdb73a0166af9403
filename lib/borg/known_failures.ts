/**
 * What the failures mean that Borg 1.2 and 1.4 name, by their msgid.
 *
 * Borg remembers of each repository where it was, how it was encrypted and how new it was, and refuses
 * what does not fit: its protection from a server that shows another or an older repository. Whoever
 * makes Borg forget this accepts what is there now, so each hint shows first how to look without that.
 *
 * @module
 */
import { borgCommand, ownCommand } from "../text/own_command.ts";
import { unauthenticatedArchives, unauthenticatedManifest } from "./authentication_failure.ts";
import { connectionClosed, foreignWords } from "./connection_failure.ts";
import { brokenFile, damaged } from "./damage_failure.ts";
import { type BorgFailure, type BorgWords, other } from "./failure_kinds.ts";
import { lockFailure } from "./lock_failure.ts";
import { type BorgRepository, localPath } from "./repository.ts";
import { fewerArchives, littleSpace, systemFailure } from "./system_failure.ts";

/** Explains a failure from the first line of its message, and from all that Borg said. */
type Explain = (repository: BorgRepository, text: string, words: BorgWords) => BorgFailure;

const closed: Explain = (repository, _text, words) => connectionClosed(repository, words);
const archive: Explain = (repository, text) => unauthenticatedArchives(repository, [text]);

/** What each msgid means. */
export const KNOWN_FAILURES: Readonly<Record<string, Explain>> = {
  "Repository.DoesNotExist": missingRepository,
  "Repository.ParentPathDoesNotExist": ({ url }) => ({
    kind: "missing-repository",
    message: `the directory above "${url}" does not exist`,
    hint: "Mount the disk or create the directory, then try again",
  }),
  "Repository.AlreadyExists": ({ url }) => ({
    kind: "repository-exists",
    message: `a repository already exists at "${url}"`,
  }),
  "Repository.PathAlreadyExists": ({ url }) =>
    other(
      `something other than a Borg repository exists at "${url}"`,
      "Choose another place, or move what is there to another one",
    ),
  "Repository.InvalidRepository": invalidRepository,
  "Repository.InvalidRepositoryConfig": (_repository, text) =>
    other(
      `the repository's own "config" file is damaged: ${text}`,
      "Restore that file from a copy of the repository; for a repokey it holds the key",
    ),
  "Repository.CheckNeeded": damaged,
  "Repository.ObjectNotFound": damaged,
  "IntegrityError": damaged,
  "FileIntegrityError": brokenFile,
  "NoManifestError": ({ label, url }) =>
    other(
      "the repository has lost its manifest, its list of archives",
      "Look first; this changes nothing and names every archive that it finds: " +
        `"${borgCommand(label, "check", "--archives-only", "--verbose", "::")}". Check ` +
        'the disk, and who could write to the repository. Borg\'s "check --repair" makes a list of ' +
        `what is there and deletes what it can't read: never without a copy of "${url}"`,
    ),
  // They are known by their texts, too, as `check` has them without a msgid.
  "TAMRequiredError": unauthenticatedManifest,
  "TAMInvalid": unauthenticatedManifest,
  "TAMUnsupportedSuiteError": unauthenticatedManifest,
  "ArchiveTAMRequiredError": archive,
  "ArchiveTAMInvalid": archive,
  "Repository.InsufficientFreeSpaceError": littleSpace,
  "Repository.StorageQuotaExceeded": (_repository, text) =>
    other(
      `the repository's storage quota is used up: ${text}`,
      `Raise the quota on the server. ${fewerArchives()}`,
    ),
  "LockTimeout": lockFailure,
  // No other Borg need hold a lock that can't be made, because the disk is full or read-only.
  "LockFailed": (repository, text) =>
    systemFailure(repository, text) ?? lockFailure(repository, text),
  "LockError": lockFailure,
  "PassphraseWrong": ({ label }) =>
    other("wrong passphrase", `Correct the passphrase of [[repositories]] "${label}"`),
  "NoPassphraseFailure": ({ label }) =>
    other(
      "the repository is encrypted, and no passphrase is configured",
      `Set "passphrase_file" in [[repositories]] "${label}"`,
    ),
  "PasscommandFailure": ({ label }) =>
    other(
      "the passphrase_command failed",
      `Run the passphrase_command of [[repositories]] "${label}" by hand, as the ` +
        "same user: it must print the passphrase and end with exit code 0. Borg splits it into " +
        "words itself and uses no shell",
    ),
  "KeyfileNotFoundError": (repository) =>
    other("the repository's key file is not on this machine", `Restore ${importKey(repository)}`),
  "KeyfileInvalidError": keyUnfit,
  "KeyfileMismatchError": keyUnfit,
  "RepoKeyNotFoundError": (repository) =>
    other("the repository has lost its key", `Restore ${importKey(repository)}`),
  "Cache.RepositoryAccessAborted": (repository) =>
    other(
      `the repository was at another place before it was at "${repository.url}"`,
      `If you moved it: run "${borgCommand(repository.label, "info")}" once and say yes. If not, ` +
        "someone may have put another repository there: look at its archives first; this accepts " +
        `and changes nothing: ${look(repository)}`,
    ),
  "Cache.CacheInitAbortedError": ({ label }) =>
    other(
      "the repository is not encrypted, and this machine has never seen it",
      `If that is right, set encryption = "none" in [[repositories]] "${label}"; ` +
        "if not, someone may have put another repository in its place, which would get your files " +
        "unencrypted",
    ),
  "Cache.EncryptionMethodMismatch": (repository) =>
    other(
      "the repository's encryption has changed since the last access: another repository " +
        "may have been put in its place, to get the next backup unencrypted",
      "Find out who replaced the repository before anything is written to it. Look at its " +
        `archives; this accepts and changes nothing: ${look(repository)}`,
    ),
  "Cache.RepositoryReplay": (repository) =>
    other(
      "the repository is older than its last known state: it was set back to an earlier one " +
        "(by an attack, or from a copy), or a copy with the same id is in use",
      "Look which archives are missing; this accepts and changes nothing: " +
        `${look(repository)}. Whether and how to go on with an older state: ` +
        'docs/how-to/append-only.md, "After an attack"',
    ),
  "Cache.RepositoryIDNotUnique": (repository) =>
    other(
      "the repository is older than its last known state, or a copy of it is in use: two " +
        "repositories with the same id must not both be written to",
      `Use only one of them. Look which archives this one holds; this accepts and changes ` +
        `nothing: ${look(repository)}`,
    ),
  "Archive.AlreadyExists": (_repository, text) =>
    other(
      `an archive of this name exists already: ${text}`,
      "Check that the clock of this machine is right, and run again",
    ),
  "PathNotAllowed": ({ url }) =>
    other(
      `the server does not allow access to "${url}"`,
      'See "--restrict-to-repository" and "--restrict-to-path" of this key in authorized_keys on ' +
        "the server",
    ),
  "UnexpectedRPCDataFormatFromServer": (repository, _text, words) =>
    foreignWords(repository, words),
  "ConnectionBrokenWithHint": closed,
  "ConnectionClosed": closed,
  "ConnectionClosedWithHint": closed,
  "Signal.SIGTERM": () => other("Borg was terminated by SIGTERM (not by autoborg)"),
  "Signal.SIGHUP": () => other("Borg was terminated by SIGHUP (not by autoborg)"),
};

/** Explains that there is no repository. */
export function missingRepository({ label, url }: BorgRepository): BorgFailure {
  const where = localPath(url) === undefined ? "" : "mount the disk that it is on, or ";
  return {
    kind: "missing-repository",
    message: `there is no repository at "${url}"`,
    hint: `If it is new, create it with "${ownCommand("init", "--repo", label)}"; ` +
      `otherwise ${where}correct its URL`,
  };
}

/** An empty directory is the mount point of a disk that is not there, not a broken repository. */
function invalidRepository(repository: BorgRepository): BorgFailure {
  const { label, url } = repository;
  const path = localPath(url);
  if (path !== undefined && isEmptyDirectory(path)) return missingRepository(repository);
  return other(`"${url}" is not a Borg repository`, `Check the URL of [[repositories]] "${label}"`);
}

function isEmptyDirectory(path: string): boolean {
  try {
    return Deno.readDirSync(path)[Symbol.iterator]().next().done === true;
  } catch {
    return false;
  }
}

function keyUnfit(repository: BorgRepository, text: string): BorgFailure {
  return other(
    `the key does not fit the repository: ${text}`,
    "Another repository may have been put in its place, or the key file in Borg's keys " +
      "directory is another one: keep that file, it may be the only key of another repository. " +
      `If the URL of [[repositories]] "${repository.label}" is right, restore ${
        importKey(repository)
      }`,
  );
}

function importKey({ label }: BorgRepository): string {
  return `the key from your copy: "${borgCommand(label, "key", "import", "::", "FILE")}"`;
}

/** With an empty memory Borg knows nothing that could be contradicted, and forgets it afterwards. */
function look({ label }: BorgRepository): string {
  const forgetful = "BORG_SECURITY_DIR=$(mktemp -d) BORG_CACHE_DIR=$(mktemp -d)";
  return `"${forgetful} ${borgCommand(label, "list")}"`;
}
