/**
 * Explains what keeps Borg from writing: no space, a read-only file system, missing permissions, a
 * faulty disk, a share that is gone.
 *
 * Longer than other files, because most of it is a table.
 *
 * @module
 */
import { borgCommand, ownCommand } from "../text/own_command.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import type { InheritedEnvironment } from "./environment.ts";
import { isOfCache } from "./lock_failure.ts";
import { shownDirectories } from "./own_directories.ts";
import { paragraph } from "./paragraph.ts";
import { withoutNames } from "./quoted_names.ts";
import { type BorgRepository, localPath } from "./repository.ts";

const NO_MEMORY = [
  "there is not enough memory",
  'Look with "free -m": Borg needs memory for the index of all chunks. MemoryMax= of the service limits it, too',
] as const;
const DISCONNECTED = [
  "the file system of the repository is disconnected",
  'Unmount it and mount it again; "findmnt" shows what is mounted where, and dmesg why it was lost',
] as const;

const INCAPABLE = [
  "the file system of the repository cannot do what Borg needs",
  "Put the repository on a file system that can rename a file over another one and change modes, such as " +
  'ext4, XFS, ZFS or NFS; a server that has ssh needs no share: url = "ssh://…"',
] as const;
const FAULTY = [
  "a disk or its connection is faulty",
  "Look for its errors: dmesg --level=err,warn, and smartctl. Copy the repository to another disk " +
  "before anything else is written to this one",
] as const;

/** By Linux's numbers (ENOSPC, EDQUOT, EROFS, EACCES; 69 is FreeBSD's EDQUOT) and words; what comes first counts. */
const FAULTS: readonly {
  readonly numbers: readonly number[];
  readonly words: RegExp;
  readonly explain: (
    repository: BorgRepository,
    said: string,
    text: string,
    inherited: InheritedEnvironment,
  ) => BorgFailure;
}[] = [
  { numbers: [28], words: /No space left on device/, explain: noSpace },
  { numbers: [122, 69], words: /Dis[ck] quota exceeded/, explain: diskQuota },
  {
    numbers: [30],
    words: /Read-only file system/,
    explain: ({ label }) =>
      other(
        "the repository, or Borg's cache, is on a read-only file system",
        "Find out why it is read-only: after a disk error the kernel may have remounted it. To " +
          `read from it all the same: "${borgCommand(label, "--bypass-lock", "list")}"`,
      ),
  },
  {
    numbers: [13],
    words: /Permission denied/,
    explain: ({ url }, said, text) => ({
      kind: "denied",
      message: `permission denied: ${said}`,
      hint: isOnServer(url, text)
        ? `On the server the user of "${url}" must own all of the repository, and may create one only in a ` +
          'directory of its own: "ls -ld" there shows the owners'
        : `The user who runs Borg must own all of "${url}" and of Borg's own directories below HOME: ` +
          'a backup that once ran as root leaves files owned by root there ("ls -l" shows the ' +
          "owners)",
    }),
  },
];

/** Linux's numbers of what rarely happens; the words alone would mean too much else. */
const RARE: Readonly<Record<number, readonly [message: string, hint: string]>> = {
  1: [
    "the file system does not allow this",
    'Check the attributes of the repository ("lsattr -d"), and whether a network share allows ' +
    "creating, renaming and linking files",
  ],
  5: FAULTY,
  12: NO_MEMORY,
  20: [
    "a part of the path is a file, not a directory",
    "Correct the path in the repository's url, or what is there",
  ],
  24: [
    "too many files are open",
    "Raise the limit: LimitNOFILE= of the service (systemctl edit), or ulimit -n",
  ],
  27: [
    "a file became too large",
    'Check "ulimit -f", and whether the file system of the repository allows files of 500 MiB',
  ],
  34: FAULTY,
  37: [
    "the file system gives no locks",
    "On NFS, check that the lock service runs on both machines (rpc.statd), or mount it as version 4",
  ],
  38: INCAPABLE,
  40: [
    "a symbolic link leads to itself",
    'Correct the link, or the url of the repository: "namei -l PATH" shows where each part leads',
  ],
  95: INCAPABLE,
  107: DISCONNECTED,
  110: DISCONNECTED,
  112: DISCONNECTED,
  116: DISCONNECTED,
};

function rareFailure(
  { url }: BorgRepository,
  numbers: readonly number[],
  text: string,
): BorgFailure | undefined {
  const number = numbers.find((one) => RARE[one] !== undefined);
  const said = number === undefined ? paragraph(text) : exceptionOf([number], text);
  // EPERM and EEXIST of a file that takes the place of another one, which Borg does with each commit.
  const known = numbers.some((one) => one === 1 || one === 17) && /' -> '/.test(text)
    ? INCAPABLE
    : number !== undefined
    ? RARE[number]
    : /^MemoryError\b|\bhashindex_set failed\b/.test(said)
    ? NO_MEMORY
    : undefined;
  if (known === undefined) return undefined;
  const [message, hint] = known;
  return other(
    `${message}: ${said}`,
    isOnServer(url, text) ? `On the server: ${hint.charAt(0).toLowerCase()}${hint.slice(1)}` : hint,
  );
}

/** The last line that has one of Linux's numbers: other exceptions may follow from it. */
function exceptionOf(numbers: readonly number[], text: string): string {
  const isMeant = (line: string) => numbers.some((number) => line.includes(`[Errno ${number}]`));
  const line = text.split("\n").findLast(isMeant);
  return line === undefined ? paragraph(text) : line.replace(/^Remote:\s*/, "").trim();
}

/** Says whether it was Borg on the server that failed: its traceback begins where it serves. */
function isOnServer(url: string, text: string): boolean {
  if (localPath(url) !== undefined) return false;
  const lock = lockOf(text);
  if (lock !== undefined) return !isOfCache(lock);
  return /, in serve$|^Remote: Traceback/m.test(text);
}

function lockOf(text: string): string | undefined {
  return /acquire the lock (.+) \(/.exec(text)?.[1];
}

/**
 * Finds what kept Borg from writing. Python writes a number, which counts more than words.
 *
 * @param inherited the environment that Borg was started from
 */
export function systemFailure(
  repository: BorgRepository,
  text: string,
  inherited: InheritedEnvironment = {},
): BorgFailure | undefined {
  const names = [localPath(repository.url) ?? ""];
  const lines = text.split("\n").map((line) => withoutNames(line, names));
  // The last one of a line: a path before it may look like one.
  const numbers = lines.flatMap((line) => line.match(/\[Errno \d+\]/g)?.at(-1)?.slice(7, -1) ?? [])
    .map(Number);
  const fault = FAULTS.find((known) =>
    numbers.length > 0
      ? numbers.some((number) => known.numbers.includes(number))
      : lines.some((line) => known.words.test(line))
  );
  if (fault === undefined) return rareFailure(repository, numbers, text);
  return fault.explain(repository, exceptionOf(fault.numbers, text), text, inherited);
}

function noSpace(
  repository: BorgRepository,
  _said: string,
  text: string,
  inherited: InheritedEnvironment,
): BorgFailure {
  if (isOfRepository(repository, text)) {
    return full("the file system of the repository is full", repository);
  }
  return other(
    "the file system of the repository, or that of Borg's cache, is full",
    `Free some space where "${repository.url}" is, and where Borg's cache is on this machine ` +
      `(${shownDirectories(inherited).cache}). ${fewerArchives(repository.label)}`,
  );
}

function diskQuota(repository: BorgRepository, said: string, text: string): BorgFailure {
  if (isOfRepository(repository, text)) {
    return full(`the disk quota of the repository's file system is used up: ${said}`, repository);
  }
  return other(
    `a disk quota is used up: ${said}`,
    'Raise the quota ("quota", "repquota"; for a hosted repository, ask its provider), or free ' +
      "some space",
  );
}

function full(message: string, { url, label }: BorgRepository): BorgFailure {
  return {
    kind: "full",
    message,
    hint: `Free some space where "${url}" is${byPruning(label)}`,
  };
}

/** The storage quota of the repository's own configuration, or of `borg serve`. */
export function quotaUsedUp({ label }: BorgRepository, text: string): BorgFailure {
  return {
    kind: "full",
    message: `the repository's storage quota is used up: ${
      text.replace(/\.? Try deleting.*$/, "")
    }`,
    hint: `Raise the quota: "${borgCommand(label, "config", "::", "storage_quota", "SIZE")}", or ` +
      "--storage-quota in authorized_keys on the server, which takes precedence; of a hosted " +
      `repository at its provider${byPruning(label)}`,
  };
}

const WAY_OUT =
  "A run prunes and compacts what [retention] no longer keeps even when there is no " +
  "room for a new archive, unless an alarm is open.";

function byPruning(label: string): string {
  return `. ${WAY_OUT} ${fewerArchives(label)}`;
}

/** Leaves out of a failure's hint what pruning could do: there is nothing to prune. */
export function withoutPruning(failure: BorgFailure, label: string): BorgFailure {
  const { kind, hint } = failure;
  if (kind !== "full" || hint === undefined) return failure;
  return { ...failure, hint: hint.replace(byPruning(label), "") };
}

/**
 * Whether it is the repository that has no space: Borg's cache and its security directory are on this
 * machine. What Borg did last, in the last traceback, says where it wrote.
 */
function isOfRepository({ url }: BorgRepository, text: string): boolean {
  const frames = text.matchAll(/\/(repository|cache|fs|nonces|key|keymanager)\.py", line \d+/g);
  const last = [...frames].at(-1)?.[1];
  if (last !== undefined) return last === "repository";
  const lock = lockOf(text);
  if (lock !== undefined) return !isOfCache(lock);
  const path = localPath(url);
  return path !== undefined && text.includes(`'${path}/`);
}

/** Borg stops before the disk is full: it keeps room for a whole segment, to be able to compact. */
export function littleSpace(repository: BorgRepository, text: string): BorgFailure {
  const [, wanted, free] = /\(required: ([^,]+), available: ([^)]+)\)/.exec(text) ?? [];
  if (wanted === undefined || free === undefined) {
    return full("the file system of the repository is full", repository);
  }
  return full(
    `too little space is left for the repository: Borg needs ${wanted} of free space, ${free} is ` +
      "free",
    repository,
  );
}

/** The end of a hint: what else makes room is fewer backups. */
export function fewerArchives(label: string): string {
  return "Keeping fewer archives ([retention]) also frees space, but prune deletes the others " +
    `for good: look first with "${ownCommand("list", "--retention", "--repo", label)}"`;
}
