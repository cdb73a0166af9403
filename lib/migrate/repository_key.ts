/**
 * How a repository of the script is encrypted, and its passphrase.
 *
 * @module
 */
import { KEYFILE_MODES, repositorySchema } from "../config/repository_schema.ts";
import type { Draft, Taken } from "./draft.ts";
import { takePath } from "./paths.ts";
import { isGiven, type RepositoryEntry, textOf } from "./repository_entries.ts";

const FIELDS = repositorySchema.shape;

const SECRETS = ["passphrase", "passphrase_file", "passphrase_command"] as const;

/**
 * Sets the keys of encryption and passphrase.
 *
 * @param draft the repository's table
 * @param entry the repository of the script
 * @param label the repository's label
 */
export function takeKey(draft: Draft, entry: RepositoryEntry, label: string): void {
  const encryption = takeEncryption(draft, entry);
  const passphrase = textOf(draft, entry, "passphrase");
  if (encryption === "none") {
    if (passphrase !== undefined && passphrase.value !== "") {
      draft.look(passphrase.line, `${passphrase.name} is left out, because nothing is encrypted`);
    }
    return;
  }
  if (passphrase !== undefined && passphrase.value !== "") {
    if (!draft.take("passphrase", FIELDS.passphrase, passphrase)) showFile(draft, entry, label);
    return;
  }
  const file = textOf(draft, entry, "passphrase_file");
  if (takePath(draft, "passphrase_file", FIELDS.passphrase_file, file)) return;
  const command = textOf(draft, entry, "passphrase_command");
  if (draft.take("passphrase_command", FIELDS.passphrase_command, command)) return;
  if (passphrase === undefined) showFile(draft, entry, label);
  else takeEmpty(draft, passphrase, encryption);
}

/** The mode; `undefined`: autoborg's own, which only matters when it makes the repository. */
function takeEncryption(draft: Draft, entry: RepositoryEntry): string | undefined {
  const written = textOf(draft, entry, "encryption");
  if (written === undefined || written.value === "") {
    // Whether it was named and could not be read, or was not named at all.
    if (!entry.fields.has("encryption")) {
      draft.look(
        entry.line,
        `${entry.name} has no encryption_mode; for a repository that exists already Borg knows it`,
      );
    }
    return undefined;
  }
  const mode = { ...written, value: written.value.toLowerCase() };
  return draft.take("encryption", FIELDS.encryption, mode) ? mode.value : undefined;
}

/**
 * There is no passphrase that could stand here. A file that is not there yet fails at once, where
 * a made-up passphrase would encrypt a new repository with it.
 */
function showFile(draft: Draft, entry: RepositoryEntry, label: string): void {
  // Why it could not be read was said already.
  if (!SECRETS.some((field) => isGiven(entry, field))) {
    draft.unread(entry.line, `${entry.name} has no passphrase`);
  }
  draft.remark('Write it into this file, or set encryption = "none" if there is none.');
  draft.set("passphrase_command", `cat /etc/autoborg/${label}.passphrase`);
}

function takeEmpty(draft: Draft, empty: Taken<string>, mode: string | undefined): void {
  draft.look(
    empty.line,
    `${empty.name} is empty, so whoever has the key has the data; ` +
      '"autoborg borg LABEL -- key change-passphrase ::" sets a passphrase',
  );
  if (KEYFILE_MODES.includes(mode ?? "")) return draft.set("passphrase", "", empty);
  // The configuration wants a passphrase that is not empty; this command prints an empty one.
  draft.set("passphrase_command", "true", empty);
}
