/**
 * Turns what Borg said when it failed into a sentence that says what happened and what to do.
 *
 * @module
 */
import { connectionClosed, isBrokenPipe } from "./connection_failure.ts";
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import { isAboutFile, systemFault } from "./own_words.ts";
import { type BorgRepository, localPath } from "./repository.ts";

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
    message: `there is a repository already at "${repository.url}"`,
  }),
  "Repository.PathAlreadyExists": (repository) => ({
    kind: "other",
    message: `there is something else than a Borg repository at "${repository.url}"`,
    hint: "Choose another place, or move away what is there",
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
  "FileIntegrityError": damaged,
  "Repository.InsufficientFreeSpaceError": littleSpace,
  "Repository.StorageQuotaExceeded": (_repository, _words, text) => ({
    kind: "other",
    message: `the repository's storage quota is used up: ${text}`,
    hint: "Raise the quota on the server, or keep fewer archives ([retention]) and compact",
  }),
  "LockTimeout": locked,
  "LockFailed": noLock,
  "LockError": locked,
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
  "KeyfileNotFoundError": (repository) => ({
    kind: "other",
    message: "the repository's key file is not on this machine",
    hint: `Bring it back with "autoborg borg ${repository.label} -- key import :: FILE"`,
  }),
  "RepoKeyNotFoundError": (repository) => ({
    kind: "other",
    message: "the repository has lost its key",
    hint: `Bring it back with "autoborg borg ${repository.label} -- key import :: FILE"`,
  }),
  "Cache.RepositoryAccessAborted": (repository) => ({
    kind: "other",
    message: `the repository was at another place before it was at "${repository.url}"`,
    hint: `If you moved it: run "autoborg borg ${repository.label} -- info" once and say yes`,
  }),
  "Cache.CacheInitAbortedError": (repository) => ({
    kind: "other",
    message: "the repository is not encrypted, and this machine has never seen it",
    hint: `If that is right, set encryption = "none" in [[repositories]] "${repository.label}"; ` +
      "if not, somebody may have put another repository in its place",
  }),
  "Cache.EncryptionMethodMismatch": () => ({
    kind: "other",
    message: "the repository's encryption is another one than at the last access",
    hint: "Find out who replaced the repository before you trust it with data",
  }),
  "Cache.RepositoryReplay": () => ({
    kind: "other",
    message: "the repository is older than what this machine knows of it",
    hint: "It was set back to an earlier state, or a copy with the same id is in use. If you did " +
      'this on purpose, see "borg config" and "borg delete --cache-only" in Borg\'s manual',
  }),
  "Cache.RepositoryIDNotUnique": () => ({
    kind: "other",
    message: "two repositories with the same id are in use",
    hint: "A copied repository must not be written to. Use only one of them",
  }),
  "Archive.AlreadyExists": (_repository, _words, text) => ({
    kind: "other",
    message: `an archive of this name exists already: ${text}`,
    hint: "See that the clock of this machine is right, and run again",
  }),
  "PathNotAllowed": (repository) => ({
    kind: "other",
    message: `the server does not allow access to "${repository.url}"`,
    hint:
      'See "--restrict-to-repository" and "--restrict-to-path" of this key in authorized_keys on ' +
      "the server",
  }),
  "ConnectionBrokenWithHint": connectionClosed,
  "ConnectionClosed": connectionClosed,
  "ConnectionClosedWithHint": connectionClosed,
  "Signal.SIGTERM": () => ({ kind: "other", message: "somebody ended Borg with SIGTERM" }),
  "Signal.SIGHUP": () => ({ kind: "other", message: "somebody ended Borg with SIGHUP" }),
};

/**
 * Explains why Borg failed.
 *
 * @param repository the repository that it worked on
 * @param words what it said
 * @returns what happened and what to do about it
 */
export function explainFailure(repository: BorgRepository, words: BorgWords): BorgFailure {
  for (const { msgid, text } of words.errors) {
    const explain = msgid !== undefined && Object.hasOwn(KNOWN, msgid) ? KNOWN[msgid] : undefined;
    if (explain !== undefined) return explain(repository, words, firstLine(text));
  }
  const everything = [...words.last, ...words.errors.map(({ text }) => text)].join("\n");
  if (/no FUSE support/.test(everything)) return noFuse;
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
    hint: `If it is new, create it with "autoborg init --repo ${repository.label}"; ` +
      `otherwise ${where}correct its URL`,
  };
}

function isNoDevice(repository: BorgRepository, text: string): boolean {
  const path = localPath(repository.url);
  return path !== undefined && text.includes(`OSError: [Errno 19] No such device: '${path}'`);
}

function damaged(repository: BorgRepository, _words: BorgWords, text: string): BorgFailure {
  return {
    kind: "other",
    message: `the repository is damaged: ${text}`,
    hint: `Look at the disk first; then see "borg check --repair" in Borg's manual, and save a ` +
      `copy of "${repository.url}" before you use it`,
  };
}

const noFuse: BorgFailure = {
  kind: "other",
  message: "this Borg can't mount: it was installed without FUSE support",
  hint: 'Install "python3-pyfuse3" or "python3-llfuse"; "autoborg restore" does without',
};

function noSpace(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "no space is left on the device of the repository or of Borg's cache",
    hint: `Make room where "${repository.url}" is, or keep fewer archives ([retention])`,
  };
}

/** Borg stops before the disk is full: it keeps room for a whole segment, to be able to compact. */
function littleSpace(repository: BorgRepository, _words: BorgWords, text: string): BorgFailure {
  const [, wanted, free] = /\(required: ([^,]+), available: ([^)]+)\)/.exec(text) ?? [];
  if (wanted === undefined || free === undefined) return noSpace(repository);
  return {
    ...noSpace(repository),
    message: `too little space is left for the repository: Borg wants ${wanted} to be free, ` +
      `${free} are`,
  };
}

/** An empty directory is the mount point of a disk that is not there, not a broken repository. */
function invalidRepository(repository: BorgRepository): BorgFailure {
  const path = localPath(repository.url);
  if (path !== undefined && isEmptyDirectory(path)) return missingRepository(repository);
  return {
    kind: "other",
    message: `"${repository.url}" is not a Borg repository`,
    hint: `See that the URL of [[repositories]] "${repository.label}" is right`,
  };
}

function isEmptyDirectory(path: string): boolean {
  try {
    return Deno.readDirSync(path)[Symbol.iterator]().next().done === true;
  } catch {
    return false;
  }
}

function locked(repository: BorgRepository, _words: BorgWords, text: string): BorgFailure {
  const minutes = Math.round(repository.lockWait / 60_000);
  const waited = minutes > 0 ? `${minutes} min` : `${Math.round(repository.lockWait / 1000)} s`;
  const path = /the lock (.+) \(/.exec(text)?.[1];
  // A cache is a directory that has the repository's id, 64 hexadecimal digits, for its name.
  const cached = /\/[0-9a-f]{64}\/lock/.test(path ?? "");
  const what = cached ? "Borg's cache of the repository" : "the repository";
  const holder = path === undefined ? undefined : lockHolder(path);
  const by = holder === undefined ? "" : ` by process ${holder.process} on ${holder.host}`;
  return {
    kind: "locked",
    message: `${what} is locked${by}; waited ${waited} in vain`,
    hint: "See whether another Borg is at work there. If surely none is: " +
      `"borg break-lock ${repository.url}"; [[repositories]] lock_wait says how long to wait`,
  };
}

/** Nobody else need hold a lock that can't be made, because the disk is full or read-only. */
function noLock(repository: BorgRepository, words: BorgWords, text: string): BorgFailure {
  return systemFailure(repository, text) ?? locked(repository, words, text);
}

/** Borg's lock is a directory with one file named `HOST@NUMBER.PROCESS-THREAD`. */
function lockHolder(path: string): { host: string; process: string } | undefined {
  try {
    for (const entry of Deno.readDirSync(path)) {
      const match = /^(.+?)(?:@\d+)?\.(\d+)-[0-9a-f]+$/.exec(entry.name);
      if (match !== null) return { host: match[1] ?? "", process: match[2] ?? "" };
    }
  } catch {
    // On a server, or released meanwhile: then nobody can say who it was.
  }
  return undefined;
}

function firstLine(text: string): string {
  return (text.trim().split("\n", 1)[0] ?? "").replace(/\.$/, "");
}

function lastLine(text: string): string {
  // A traceback ends with Borg's own notes on the platform; the exception stands above them.
  const lines = text.trim().split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.findLast((line) => /^\w*(?:Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "";
}
