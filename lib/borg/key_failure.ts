/**
 * Explains that the key or the passphrase of a repository is missing or does not fit.
 *
 * @module
 */
import { borgCommand } from "../text/own_command.ts";
import type { BorgFailure } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** The key file is not on this machine. */
export function keyFileMissing(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "the repository's key file is not on this machine",
    hint: `Restore the key from your copy: "${importKey(repository)}"`,
  };
}

/** The key in the repository is gone. */
export function keyLost(repository: BorgRepository): BorgFailure {
  return {
    kind: "other",
    message: "the repository has lost its key",
    hint: `Restore the key from your copy: "${importKey(repository)}"`,
  };
}

/** The key file belongs to another repository, or can't be read. */
export function keyUnfit(repository: BorgRepository, text: string): BorgFailure {
  return {
    kind: "other",
    message: `the key does not fit the repository: ${text}`,
    hint: "Another repository may have been put in its place, or the key file in Borg's keys " +
      "directory is another one: keep that file, it may be the only key of another repository. " +
      `If the URL of [[repositories]] "${repository.label}" is right, restore the key from your copy: "${
        importKey(repository)
      }"`,
  };
}

function importKey({ label }: BorgRepository): string {
  return borgCommand(label, "key", "import", "::", "FILE");
}
