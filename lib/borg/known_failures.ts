/**
 * What the failures mean that Borg 1.2 and 1.4 name, by their msgid.
 *
 * Borg remembers of each repository where it was, how it was encrypted and how new it was, and refuses
 * what does not fit: its protection from a server that shows another or an older repository. Whoever
 * makes Borg forget this accepts what is there now, so each hint shows first how to look without that.
 *
 * Longer than other files, because it is one table.
 *
 * @module
 */
import { isEmptyDirectory } from "../files/quick_looks.ts";
import { borgCommand, ownCommand } from "../text/own_command.ts";
import { unauthenticatedArchives, unauthenticatedManifest } from "./authentication_failure.ts";
import { connectionClosed, foreignWords } from "./connection_failure.ts";
import { brokenFile, damaged, damagedConfig } from "./damage_failure.ts";
import { type BorgFailure, type BorgWords, other } from "./failure_kinds.ts";
import { importKey } from "./key_advice.ts";
import { repositoryInside } from "./local_repository.ts";
import { lockFailure, lostLock } from "./lock_failure.ts";
import { lookWithoutMemory } from "./look_advice.ts";
import { missingRepository } from "./missing_repository.ts";
import { withoutStop } from "./paragraph.ts";
import { type BorgRepository, localPath } from "./repository.ts";
import { littleSpace, quotaUsedUp, systemFailure } from "./system_failure.ts";

/** Explains a failure from the first line of its message, and from all that Borg said. */
type Explain = (repository: BorgRepository, text: string, words: BorgWords) => BorgFailure;

const closed: Explain = (repository, _text, words) => connectionClosed(repository, words);
const archive: Explain = (repository, text) => unauthenticatedArchives(repository, [text]);

/** What each msgid means. */
const KNOWN_FAILURES: Readonly<Record<string, Explain>> = {
  "Repository.DoesNotExist": missingRepository,
  "Repository.ParentPathDoesNotExist": parentMissing,
  "Repository.AlreadyExists": ({ url }) => ({
    kind: "repository-exists",
    message: `a repository already exists at "${url}"`,
  }),
  "Repository.PathAlreadyExists": ({ url }) =>
    other(
      `something other than a Borg repository exists at "${url}"`,
      "Choose another location, or move away what is there",
    ),
  "Repository.InvalidRepository": invalidRepository,
  "Repository.InvalidRepositoryConfig": (_repository, text) =>
    /is not supported by this borg version/.test(text)
      ? other(
        `the repository has a format that this Borg does not know: ${text}`,
        "Borg 2 creates such repositories, which Borg 1.2 and 1.4 can't read: choose another " +
          "location",
      )
      : damagedConfig(text),
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
  "Repository.StorageQuotaExceeded": quotaUsedUp,
  "LockTimeout": lockFailure,
  // No other Borg need hold a lock that can't be made, because the disk is full or read-only.
  "LockFailed": (repository, text, { inherited }) =>
    systemFailure(repository, text, inherited) ?? lockFailure(repository, text),
  "LockError": lockFailure,
  "NotLocked": lostLock,
  "NotMyLock": lostLock,
  "PassphraseWrong": ({ label }) =>
    other("wrong passphrase", `Correct the passphrase of [[repositories]] "${label}"`),
  "NoPassphraseFailure": ({ label }) =>
    other(
      "the repository is encrypted, and no passphrase is configured",
      `Set "passphrase_file" in [[repositories]] "${label}"`,
    ),
  "PasscommandFailure": ({ label }, text, { last }) =>
    other(
      `the passphrase_command failed${saidByCommand(last, text)}`,
      `Run the passphrase_command of [[repositories]] "${label}" by hand, as the ` +
        "same user: it must print the passphrase and end with exit code 0. Borg splits it into " +
        "words itself and uses no shell",
    ),
  "KeyfileNotFoundError": (repository) => ({
    kind: "key-missing",
    message: "the repository's key file is not on this machine",
    hint: `Restore ${importKey(repository)}`,
  }),
  "KeyfileInvalidError": keyUnfit,
  "KeyfileMismatchError": keyUnfit,
  "RepoKeyNotFoundError": (repository) =>
    other("the repository has lost its key", `Restore ${importKey(repository)}`),
  "Cache.RepositoryAccessAborted": (repository) =>
    other(
      `the repository was at another location before it was at "${repository.url}"`,
      `If you moved it: run "${borgCommand(repository.label, "info")}" once and answer yes. If ` +
        "not, someone may have put another repository there: look at its archives first: " +
        lookWithoutMemory(repository),
    ),
  "Cache.CacheInitAbortedError": ({ label }) =>
    other(
      "the repository is not encrypted and unknown to this machine",
      `If that is right, set encryption = "none" in [[repositories]] "${label}"; ` +
        "if not, someone may have put another repository in its place, which would get your files " +
        "unencrypted",
    ),
  "Cache.EncryptionMethodMismatch": (repository) =>
    other(
      "the repository's encryption has changed since the last access: another repository " +
        "may have been put in its place, to get the next backup unencrypted",
      "Find out who replaced the repository before anything is written to it. Look at its " +
        `archives: ${lookWithoutMemory(repository)}. After a power ` +
        'cut the file "key-type" in Borg\'s security directory may be empty instead',
    ),
  "Cache.RepositoryReplay": (repository) => ({
    kind: "set-back",
    message:
      "the repository is older than its last known state: it was rolled back to an earlier one " +
      "(by an attack, or from a copy), or a copy with the same id is in use",
    hint: `See which archives it holds now: ${lookWithoutMemory(repository)}. If that is what it ` +
      `should hold, accept it: "${ownCommand("accept", repository.label)}"`,
  }),
  "Cache.RepositoryIDNotUnique": (repository) => ({
    kind: "set-back",
    message: "the repository is older than its last known state, or a copy of it is in use: two " +
      "repositories with the same id must not both be written to",
    hint: "Write to one of them only. See which archives this one holds: " +
      `${lookWithoutMemory(repository)}. If it is the right one, accept it: ` +
      `"${ownCommand("accept", repository.label)}"`,
  }),
  "Archive.DoesNotExist": (_repository, text) =>
    other(text, `See which archives there are: "${ownCommand("list")}"`),
  "Archive.AlreadyExists": (_repository, text) => ({
    kind: "archive-exists",
    message: `an archive of this name already exists: ${text}`,
    hint: "Check that the clock of this machine is right, and run again",
  }),
  "RPCServerOutdated": oldServer,
  "InvalidRPCMethod": oldServer,
  "UnsupportedManifestError": newerBorg,
  "UnsupportedPayloadError": newerBorg,
  "MandatoryFeatureUnsupported": newerBorg,
  "DecompressionError": damaged,
  "Repository.AtticRepository": ({ label, url }) =>
    other(
      `"${url}" is a repository of Attic, the predecessor of Borg`,
      `Set url in [[repositories]] "${label}" to a new location`,
    ),
  "PathNotAllowed": ({ url }) =>
    other(
      `the server does not allow access to "${url}"`,
      'Check "--restrict-to-repository" and "--restrict-to-path" of this key in ' +
        "authorized_keys on the server",
    ),
  "UnexpectedRPCDataFormatFromServer": (repository, _text, words) =>
    foreignWords(repository, words),
  "ConnectionBrokenWithHint": closed,
  "ConnectionClosed": closed,
  "ConnectionClosedWithHint": closed,
  "Signal.SIGTERM": () => endedBy("SIGTERM"),
  "Signal.SIGHUP": () => endedBy("SIGHUP"),
};

/** Some failures come from a server's Borg 1.2 without the class that they belong to. */
const WITHOUT_CLASS = new Map(
  Object.entries(KNOWN_FAILURES).map(([msgid, explain]) => [msgid.replace(/^.*\./, ""), explain]),
);

/**
 * What a passphrase_command wrote to standard error, which Borg passes on between its own lines. Its
 * standard output is the passphrase, and no failure has that.
 */
function saidByCommand(last: readonly string[], own: string): string {
  const isOther = (line: string) =>
    line.trim() === "" || line.startsWith("Remote:") || withoutStop(line) === own;
  const said = last.find((line) => !isOther(line));
  return said === undefined ? "" : `: ${said.trim().slice(0, LONGEST_SAID)}`;
}

/** How much of what a passphrase_command said is shown, in characters. */
const LONGEST_SAID = 300;

/** What a msgid means; `undefined` when that is not known. */
export function knownFailure(msgid: string): Explain | undefined {
  return Object.hasOwn(KNOWN_FAILURES, msgid) ? KNOWN_FAILURES[msgid] : WITHOUT_CLASS.get(msgid);
}

/** Explains that Borg was ended by a signal that did not come from here. */
export function endedBy(signal: string): BorgFailure {
  return other(
    `Borg was terminated by ${signal} (not by autoborg)`,
    'See who ended it, such as a shutdown or a time limit: "journalctl --since today"',
  );
}

function oldServer(_repository: BorgRepository, text: string): BorgFailure {
  return other(`the Borg on the server is too old: ${text}`, "Install Borg 1.2 or 1.4 there");
}

function newerBorg(_repository: BorgRepository, text: string): BorgFailure {
  return other(
    `a newer Borg has written to the repository: ${text}`,
    "Update Borg on this machine to the version that the other machines have",
  );
}

function parentMissing({ label, url }: BorgRepository): BorgFailure {
  const isLocal = localPath(url) !== undefined;
  return {
    kind: "missing-repository",
    message: `the directory above "${url}" does not exist${isLocal ? "" : " on the server"}`,
    hint: isLocal
      ? "Mount the disk or create the directory, then try again"
      : `Create it there, or correct the URL of [[repositories]] "${label}"; a path that begins ` +
        'with "/./" is below the home directory of the user on the server',
  };
}

/** An empty directory is the mount point of a disk that is not there, not a broken repository. */
function invalidRepository(repository: BorgRepository): BorgFailure {
  const { label, url } = repository;
  const path = localPath(url);
  if (path !== undefined && isEmptyDirectory(path)) return missingRepository(repository);
  const inside = path === undefined ? undefined : repositoryInside(path);
  return other(
    `"${url}" is not a Borg repository`,
    inside === undefined
      ? `Check the URL of [[repositories]] "${label}"`
      : `"${inside}" is one: set url = "${inside}" in [[repositories]] "${label}" if that is the one you mean`,
  );
}

function keyUnfit(repository: BorgRepository, text: string): BorgFailure {
  return other(
    `the key does not fit the repository: ${text}`,
    "Another repository may have been put in its place, or the key file in Borg's keys " +
      "directory belongs to another one: keep that file, it may be the only key of another " +
      `repository. If the URL of [[repositories]] "${repository.label}" is right, restore ${
        importKey(repository)
      }`,
  );
}
