/**
 * Tells whether a private SSH key has a passphrase: nobody can type one at night, and ssh says no more
 * of it than that the server denied permission.
 *
 * @module
 */
import { join } from "node:path";
import { readSmallFileSync } from "../files/small_file.ts";
import { commandLine } from "../text/printable.ts";
import type { InheritedEnvironment } from "./environment.ts";
import type { BorgRepository } from "./repository.ts";

/** What a file with a key is. */
type KeyForm = "without passphrase" | "with passphrase" | "no private key";

/** Judges the text of a file. */
export function formOfKey(text: string): KeyForm {
  const [, body] = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s([^]*?)-----END /m.exec(text) ??
    [];
  if (body === undefined) return "no private key";
  return isEncrypted(text, body) ? "with passphrase" : "without passphrase";
}

/** OpenSSH's own form names the cipher behind its magic word; the older ones have a header. */
function isEncrypted(text: string, body: string): boolean {
  if (!text.includes("BEGIN OPENSSH PRIVATE KEY")) return text.includes("ENCRYPTED");
  try {
    const bytes = atob(body.replaceAll(/\s/g, ""));
    // ssh says what is wrong with one that is damaged.
    return bytes.startsWith("openssh-key-v1\0") &&
      !bytes.startsWith("openssh-key-v1\0\0\0\0\x04none");
  } catch {
    return false;
  }
}

/** The keys that ssh tries when none is named. */
const DEFAULT_KEYS = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];

/**
 * The key that a repository would be opened with if it had no passphrase.
 *
 * @returns its path; `undefined` when there is a key without one, or none that can be read
 */
export function lockedKey(
  { sshKey, sshOptions }: Pick<BorgRepository, "sshKey" | "sshOptions">,
  { HOME }: InheritedEnvironment = {},
): string | undefined {
  const named = [
    ...(sshKey === undefined ? [] : [sshKey]),
    ...sshOptions.flatMap((option) => /^IdentityFile=["']?(\/[^"']+)/i.exec(option)?.[1] ?? []),
  ];
  const usual = HOME === undefined ? [] : DEFAULT_KEYS.map((name) => join(HOME, ".ssh", name));
  const forms = (named.length > 0 ? named : usual)
    .map((path) => ({ path, form: formOfFile(path) }));
  if (forms.some(({ form }) => form === "without passphrase")) return undefined;
  return forms.find(({ form }) => form === "with passphrase")?.path;
}

/** How a key becomes one that works at night, as a hint. */
export function passphraseRemedy(path: string): string {
  return `To use it without one: "${
    commandLine(["ssh-keygen", "-p", "-N", "", "-f", path])
  }" asks ` +
    "for the passphrase once; from then on only the mode of the file, 0600, protects the key";
}

function formOfFile(path: string): KeyForm {
  try {
    return formOfKey(new TextDecoder().decode(readSmallFileSync(path)));
  } catch {
    return "no private key";
  }
}
