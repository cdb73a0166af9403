/**
 * Explains that there is no room for a repository.
 *
 * @module
 */
import { ownCommand } from "../text/own_command.ts";
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** The disk is full. */
export function noSpace(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "no space is left on the device of the repository or of Borg's cache",
    hint: `Make room where "${repository.url}" is. ${fewerArchives()}`,
  };
}

/** Borg stops before the disk is full: it keeps room for a whole segment, to be able to compact. */
export function littleSpace(
  repository: BorgRepository,
  _words: BorgWords,
  text: string,
): BorgFailure {
  const [, wanted, free] = /\(required: ([^,]+), available: ([^)]+)\)/.exec(text) ?? [];
  if (wanted === undefined || free === undefined) return noSpace(repository);
  return {
    ...noSpace(repository),
    message: `too little space is left for the repository: Borg needs ${wanted} of free ` +
      `space, ${free} are free`,
  };
}

/** What else makes room: fewer backups, and that is said. */
export function fewerArchives(): string {
  return "Keeping fewer archives ([retention]) makes room, too, but prune deletes the others for " +
    `good: look first with "${ownCommand("list")}"`;
}
