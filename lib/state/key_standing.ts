/** Whether a copy of a repository's key is kept, for programs and for people. Pure. @module */
import { localTime } from "../text/local_time.ts";
import { keyExportCommand } from "../text/own_command.ts";
import type { KeyState } from "./key_ledger.ts";

/** `changed`: a key was exported, and the repository has another one since. */
export type KeyStanding = "exported" | "changed" | "never";

/** Whether a copy is kept of the key that the repository has. */
export function keyStanding({ seen, kept }: KeyState): KeyStanding {
  if (kept === null) return "never";
  return seen === null || seen === kept ? "exported" : "changed";
}

/**
 * Says what to do about a key of which no copy is kept.
 *
 * @param encryption Borg's name of how the repository is encrypted
 * @returns a sentence without a full stop; `undefined` when there is nothing to do
 */
export function keyRemark(state: KeyState, encryption: string): string | undefined {
  const standing = keyStanding(state);
  const command = keyExportCommand();
  switch (standing) {
    case "exported":
      return undefined;
    case "never": {
      const place = encryption.startsWith("keyfile") ? "on this machine" : "in the repository";
      return `its key was never exported: the only one is ${place}, and without it nobody can ` +
        `restore anything. This exports it: ${command}`;
    }
    case "changed": {
      const at = state.keptAt === null ? "" : ` at ${localTime(new Date(state.keptAt))}`;
      return `its key has changed since it was exported${at}: that copy needs the passphrase ` +
        `that was used then. This exports it again, to a new directory: ${command}`;
    }
  }
}
