/**
 * Explains what keeps Borg from writing: no space, a read-only file system, missing permissions.
 *
 * @module
 */
import { ownCommand } from "../text/own_command.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import { withoutNames } from "./quoted_names.ts";
import { type BorgRepository, localPath } from "./repository.ts";

/** By Linux's numbers (ENOSPC, EROFS, EACCES) and words; what comes first counts. */
const FAULTS: readonly {
  readonly number: number;
  readonly words: RegExp;
  readonly explain: (repository: BorgRepository, lastLine: string) => BorgFailure;
}[] = [
  { number: 28, words: /No space left on device/, explain: noSpace },
  {
    number: 30,
    words: /Read-only file system/,
    explain: () =>
      other(
        "the repository, or Borg's cache, is on a read-only file system",
        "See why it is read-only: after a disk error the kernel may have made it so",
      ),
  },
  {
    number: 13,
    words: /Permission denied/,
    explain: (_repository, lastLine) => other(`permission denied: ${lastLine}`),
  },
];

/** Finds what kept Borg from writing. Python writes a number, which counts more than words. */
export function systemFailure(repository: BorgRepository, text: string): BorgFailure | undefined {
  const names = [localPath(repository.url) ?? ""];
  const lines = text.split("\n").map((line) => withoutNames(line, names));
  // The last one of a line: a path before it may look like one.
  const numbers = lines.flatMap((line) => line.match(/\[Errno \d+\]/g)?.at(-1)?.slice(7, -1) ?? [])
    .map(Number);
  const fault = FAULTS.find(({ number, words }) =>
    numbers.length > 0 ? numbers.includes(number) : lines.some((line) => words.test(line))
  );
  return fault?.explain(repository, lastLine(text));
}

function noSpace(repository: BorgRepository): BorgFailure {
  return other(
    "no space is left on the device of the repository or of Borg's cache",
    `Make room where "${repository.url}" is. ${fewerArchives()}`,
  );
}

/** Borg stops before the disk is full: it keeps room for a whole segment, to be able to compact. */
export function littleSpace(repository: BorgRepository, text: string): BorgFailure {
  const [, wanted, free] = /\(required: ([^,]+), available: ([^)]+)\)/.exec(text) ?? [];
  if (wanted === undefined || free === undefined) return noSpace(repository);
  const message = `too little space is left for the repository: Borg needs ${wanted} of free ` +
    `space, ${free} are free`;
  return { ...noSpace(repository), message };
}

/** The end of a hint: what else makes room is fewer backups. */
export function fewerArchives(): string {
  return "Keeping fewer archives ([retention]) makes room, too, but prune deletes the others for " +
    `good: look first with "${ownCommand("list")}"`;
}

/** The exception of a traceback, below which Borg notes the platform, or the last line. */
export function lastLine(text: string): string {
  const lines = text.trim().split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.findLast((line) => /^\w*(?:Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "";
}
