/**
 * Explains that a repository is not the one that this machine knows. Borg remembers of each repository
 * where it was, how it was encrypted and how new it was, and refuses what does not fit: that is its
 * protection from a server that shows another or an older repository. Whoever makes Borg forget this
 * accepts what is there now, so every hint shows first how to look without accepting anything.
 *
 * @module
 */
import { borgCommand } from "../text/own_command.ts";
import type { BorgFailure } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** The repository is older than at the last access. */
export function replayed(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message:
      "the repository is older than its last known state: it was set back to an earlier one " +
      "(by an attack, or from a copy), or a copy with the same id is in use",
    hint:
      `Look which archives are missing; this accepts and changes nothing: ${look(repository)}. ` +
      "Whether and how to go on with an older state: docs/how-to/append-only.md, " +
      '"After an attack"',
  };
}

/** The repository was at another place at the last access. */
export function moved(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: `the repository was at another place before it was at "${repository.url}"`,
    hint:
      `If you moved it: run "${borgCommand(repository.label, "info")}" once and say yes. If not, ` +
      "someone may have put another repository there: look at its archives first; this accepts and " +
      `changes nothing: ${look(repository)}`,
  };
}

/** The repository is encrypted in another way than at the last access. */
export function encryptedOtherwise(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "the repository's encryption has changed since the last access: another repository " +
      "may have been put in its place, to get the next backup unencrypted",
    hint: "Find out who replaced the repository before anything is written to it. Look at its " +
      `archives; this accepts and changes nothing: ${look(repository)}`,
  };
}

/** The repository is not encrypted, and this machine does not know it. */
export function unknownUnencrypted(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "the repository is not encrypted, and this machine has never seen it",
    hint: `If that is right, set encryption = "none" in [[repositories]] "${repository.label}"; ` +
      "if not, someone may have put another repository in its place, which would get your files " +
      "unencrypted",
  };
}

/** Two repositories have one id. */
export function notUnique(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "the repository is older than its last known state, or a copy of it is in use: two " +
      "repositories with the same id must not both be written to",
    hint: `Use only one of them. Look which archives this one holds; this accepts and changes ` +
      `nothing: ${look(repository)}`,
  };
}

/** With an empty memory Borg knows nothing that could be contradicted, and forgets it afterwards. */
function look({ label }: BorgRepository): string {
  const forgetful = "BORG_SECURITY_DIR=$(mktemp -d) BORG_CACHE_DIR=$(mktemp -d)";
  return `"${forgetful} ${borgCommand(label, "list")}"`;
}
