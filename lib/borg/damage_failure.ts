/**
 * Explains that a repository is damaged. A repair is never the first thing to do: it deletes.
 *
 * @module
 */
import { borgCommand } from "../text/own_command.ts";
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** How a broken index shows, as a traceback: Borg's docs, "potential index corruption". */
export const BROKEN_INDEX =
  /Corrupted segment reference count|\bIndex mismatch for key\b|\bstats_against: key contained in self\b/;

/** The repository is damaged. */
export function damaged(repository: BorgRepository, _words: BorgWords, text: string): BorgFailure {
  return {
    kind: "other",
    message: `the repository is damaged: ${text}`,
    hint: damageAdvice(repository),
  };
}

/** The repository has no manifest: it was damaged, or someone took the list of archives away. */
export function noManifest(repository: BorgRepository): BorgFailure {
  const look = borgCommand(repository.label, "check", "--archives-only", "--verbose", "::");
  return {
    kind: "other",
    message: "the repository has lost its manifest, its list of archives",
    hint:
      `Look first; this changes nothing and names every archive that it finds: "${look}". Check ` +
      'the disk, and who could write to the repository. Borg\'s "check --repair" makes a list of ' +
      `what is there and deletes what it can't read: never without a copy of "${repository.url}"`,
  };
}

/** What to do about a repository that is damaged. */
export function damageAdvice(repository: BorgRepository): string {
  const { label, url } = repository;
  const look = borgCommand(label, "check", "--verify-data", "::");
  return `Look first; this changes nothing: "${look}". ` +
    "Check the disk and the memory of the machine that it is on (dmesg, smartctl). Borg's " +
    '"check --repair" deletes what it can\'t read and puts zeros into the files of old archives: ' +
    `never without a copy of "${url}"`;
}
