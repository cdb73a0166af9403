/**
 * Turns what Borg said when it failed into a sentence that says what happened and what to do.
 *
 * @module
 */
import { ownCommand } from "../text/own_command.ts";
import {
  authenticationFailure,
  unauthenticatedArchives,
  unauthenticatedManifest,
} from "./authentication_failure.ts";
import { brokenCache, brokenFile, isBrokenCache } from "./cache_failure.ts";
import { connectionClosed, foreignWords, isBrokenPipe } from "./connection_failure.ts";
import { BROKEN_INDEX, damaged, noManifest } from "./damage_failure.ts";
import { unreadableEntry } from "./entry_failure.ts";
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import {
  encryptedOtherwise,
  moved,
  notUnique,
  replayed,
  unknownUnencrypted,
} from "./identity_failure.ts";
import { keyFileMissing, keyLost, keyUnfit } from "./key_failure.ts";
import { lockFailure } from "./lock_failure.ts";
import { isAboutFile, systemFault } from "./own_words.ts";
import { type BorgRepository, localPath } from "./repository.ts";
import { fewerArchives, littleSpace, noSpace } from "./space_failure.ts";

type Explain = (repository: BorgRepository, words: BorgWords, text: string) => BorgFailure;

/** The messages that Borg 1.2 and 1.4 name, by their msgid. */
const KNOWN: Readonly<Record<string, Explain>> = {
  "Repository.DoesNotExist": missingRepository,
  "Repository.ParentPathDoesNotExist": (repository) => ({
    kind: "missing-repository",
    message: `the directory above "${repository.url}" does not exist`,
    hint: "Mount the disk or create the directory, then try again",
  }),
  "Repository.AlreadyExists": (repository) => ({
    kind: "repository-exists",
    message: `a repository already exists at "${repository.url}"`,
  }),
  "Repository.PathAlreadyExists": (repository) => ({
    kind: "other",
    message: `something other than a Borg repository exists at "${repository.url}"`,
    hint: "Choose another place, or move what is there to another one",
  }),
  "Repository.InvalidRepository": invalidRepository,
  "Repository.InvalidRepositoryConfig": (_repository, _words, text) => ({
    kind: "other",
    message: `the repository's own "config" file is damaged: ${text}`,
    hint: "Restore that file from a copy of the repository; for a repokey it holds the key",
  }),
  "Repository.CheckNeeded": damaged,
  "Repository.ObjectNotFound": damaged,
  "IntegrityError": damaged,
  "FileIntegrityError": brokenFile,
  "NoManifestError": noManifest,
  // They are known by their texts, too, as `check` has them without a msgid.
  "TAMRequiredError": (repository, _words, text) => unauthenticatedManifest(repository, text),
  "TAMInvalid": (repository, _words, text) => unauthenticatedManifest(repository, text),
  "TAMUnsupportedSuiteError": (repository, _words, text) =>
    unauthenticatedManifest(repository, text),
  "ArchiveTAMRequiredError": (repository, _words, text) =>
    unauthenticatedArchives(repository, [text]),
  "ArchiveTAMInvalid": (repository, _words, text) => unauthenticatedArchives(repository, [text]),
  "Repository.InsufficientFreeSpaceError": littleSpace,
  "Repository.StorageQuotaExceeded": (_repository, _words, text) => ({
    kind: "other",
    message: `the repository's storage quota is used up: ${text}`,
    hint: `Raise the quota on the server. ${fewerArchives()}`,
  }),
  "LockTimeout": (repository, _words, text) => lockFailure(repository, text),
  "LockFailed": noLock,
  "LockError": (repository, _words, text) => lockFailure(repository, text),
  "PassphraseWrong": (repository) => ({
    kind: "other",
    message: "wrong passphrase",
    hint: `Correct the passphrase of [[repositories]] "${repository.label}"`,
  }),
  "NoPassphraseFailure": (repository) => ({
    kind: "other",
    message: "the repository is encrypted, and no passphrase is configured",
    hint: `Set "passphrase_file" in [[repositories]] "${repository.label}"`,
  }),
  "PasscommandFailure": (repository) => ({
    kind: "other",
    message: "the passphrase_command failed",
    hint: `Run the passphrase_command of [[repositories]] "${repository.label}" by hand, as the ` +
      "same user: it must print the passphrase and end with exit code 0. Borg splits it into " +
      "words itself and uses no shell",
  }),
  "KeyfileNotFoundError": keyFileMissing,
  "KeyfileInvalidError": (repository, _words, text) => keyUnfit(repository, text),
  "KeyfileMismatchError": (repository, _words, text) => keyUnfit(repository, text),
  "RepoKeyNotFoundError": keyLost,
  "Cache.RepositoryAccessAborted": moved,
  "Cache.CacheInitAbortedError": unknownUnencrypted,
  "Cache.EncryptionMethodMismatch": encryptedOtherwise,
  "Cache.RepositoryReplay": replayed,
  "Cache.RepositoryIDNotUnique": notUnique,
  "Archive.AlreadyExists": (_repository, _words, text) => ({
    kind: "other",
    message: `an archive of this name exists already: ${text}`,
    hint: "Check that the clock of this machine is right, and run again",
  }),
  "PathNotAllowed": (repository) => ({
    kind: "other",
    message: `the server does not allow access to "${repository.url}"`,
    hint:
      'See "--restrict-to-repository" and "--restrict-to-path" of this key in authorized_keys on ' +
      "the server",
  }),
  "UnexpectedRPCDataFormatFromServer": foreignWords,
  "ConnectionBrokenWithHint": connectionClosed,
  "ConnectionClosed": connectionClosed,
  "ConnectionClosedWithHint": connectionClosed,
  "Signal.SIGTERM": () => ({
    kind: "other",
    message: "Borg was terminated by SIGTERM (not by autoborg)",
  }),
  "Signal.SIGHUP": () => ({
    kind: "other",
    message: "Borg was terminated by SIGHUP (not by autoborg)",
  }),
};

/** Explains why Borg failed. */
export function explainFailure(repository: BorgRepository, words: BorgWords): BorgFailure {
  // Before everything else: to Borg these are "integrity errors", as after a broken disk.
  const unauthenticated = authenticationFailure(repository, words.errors.map(({ text }) => text));
  if (unauthenticated !== undefined) return unauthenticated;
  for (const { msgid, text } of words.errors) {
    const explain = msgid !== undefined && Object.hasOwn(KNOWN, msgid) ? KNOWN[msgid] : undefined;
    if (explain !== undefined) return explain(repository, words, firstLine(text));
  }
  const everything = [...words.last, ...words.errors.map(({ text }) => text)].join("\n");
  if (/no FUSE support/.test(everything)) return noFuse();
  const ofPattern = patternFailure(words);
  if (ofPattern !== undefined) return ofPattern;
  // What an automount answers when its disk is not plugged in; Borg ends with a traceback then.
  if (isNoDevice(repository, everything)) return missingRepository(repository);
  if (isBrokenPipe(everything)) return connectionClosed(repository, words);
  const ofSystem = systemFailure(
    repository,
    [
      ...words.last.filter((line) => !isAboutFile(line)),
      ...words.errors.map(({ text }) => text),
    ].join("\n"),
  );
  if (ofSystem !== undefined) return ofSystem;
  if (isBrokenCache(everything)) return brokenCache(repository, lastLine(everything));
  if (BROKEN_INDEX.test(everything)) return damaged(repository, words, lastLine(everything));
  const ofEntry = unreadableEntry(everything, lastLine(everything));
  if (ofEntry !== undefined) return ofEntry;
  const text = lastLine(words.errors.at(-1)?.text ?? words.last.at(-1) ?? "");
  return { kind: "other", message: text === "" ? "Borg did not say why" : text };
}

/**
 * What Python says about a regular expression. Borg reads those to exclude together with its options,
 * before it can log: those of other commands come as an error in its log.
 */
function patternFailure({ errors, last }: BorgWords): BorgFailure | undefined {
  if (errors.length > 0) return undefined;
  const said = /^(?:re\.error|re\.PatternError|sre_constants\.error): (.+)$/m;
  const reason = said.exec(last.join("\n"))?.[1];
  if (reason === undefined) return undefined;
  return {
    kind: "other",
    message: `Borg can't read a pattern of sources.exclude: ${reason}`,
    hint: 'Correct the pattern in [sources] exclude that begins with "re:": what follows is a ' +
      "regular expression of Python's",
  };
}

/** What keeps anybody from writing, found in what Borg said. */
function systemFailure(repository: BorgRepository, text: string): BorgFailure | undefined {
  const fault = systemFault(text, [localPath(repository.url) ?? ""]);
  if (fault === "no-space") return noSpace(repository);
  if (fault === "read-only") {
    return {
      kind: "other",
      message: "the repository, or Borg's cache, is on a read-only file system",
      hint: "See why it is read-only: after a disk error the kernel may have made it so",
    };
  }
  if (fault === "denied") {
    return { kind: "other", message: `permission denied: ${lastLine(text)}` };
  }
  return undefined;
}

function missingRepository(repository: BorgRepository): BorgFailure {
  const where = localPath(repository.url) === undefined ? "" : "mount the disk that it is on, or ";
  return {
    kind: "missing-repository",
    message: `there is no repository at "${repository.url}"`,
    hint: `If it is new, create it with "${ownCommand("init", "--repo", repository.label)}"; ` +
      `otherwise ${where}correct its URL`,
  };
}

function isNoDevice(repository: BorgRepository, text: string): boolean {
  const path = localPath(repository.url);
  return path !== undefined && text.includes(`OSError: [Errno 19] No such device: '${path}'`);
}

function noFuse(): BorgFailure {
  return {
    kind: "other",
    message: "this Borg can't mount: it was installed without FUSE support",
    hint: 'Install "python3-pyfuse3" or "python3-llfuse"; the verb restore needs neither',
  };
}

/** An empty directory is the mount point of a disk that is not there, not a broken repository. */
function invalidRepository(repository: BorgRepository): BorgFailure {
  const path = localPath(repository.url);
  if (path !== undefined && isEmptyDirectory(path)) return missingRepository(repository);
  return {
    kind: "other",
    message: `"${repository.url}" is not a Borg repository`,
    hint: `Check the URL of [[repositories]] "${repository.label}"`,
  };
}

function isEmptyDirectory(path: string): boolean {
  try {
    return Deno.readDirSync(path)[Symbol.iterator]().next().done === true;
  } catch {
    return false;
  }
}

/** Nobody else need hold a lock that can't be made, because the disk is full or read-only. */
function noLock(repository: BorgRepository, _words: BorgWords, text: string): BorgFailure {
  return systemFailure(repository, text) ?? lockFailure(repository, text);
}

function firstLine(text: string): string {
  return (text.trim().split("\n", 1)[0] ?? "").replace(/\.$/, "");
}

function lastLine(text: string): string {
  // A traceback ends with Borg's own notes on the platform; the exception stands above them.
  const lines = text.trim().split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.findLast((line) => /^\w*(?:Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "";
}
