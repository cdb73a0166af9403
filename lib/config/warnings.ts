/**
 * What a person should change about a configuration that works: who else has access to it, and which
 * passphrases are short.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Config } from "./schema.ts";

/** A passphrase with fewer characters can be guessed, and is likely to be a part of other words. */
const SHORTEST = 8;

/**
 * Says that a file with a secret is open to others.
 *
 * @param what the key or the thing that the file is for
 * @param file its path
 * @param mode its permissions
 * @returns a sentence without a full stop
 */
export function openFile(what: string, file: string, mode: number | null): string {
  return `Others may have access to the secret in ${JSON.stringify(file)} (${what}): expected ` +
    `mode 0600, found ${octal(mode)}; run "chmod 600 ${file}"`;
}

/**
 * Looks who else may read or change the configuration. Who changes it has programs started with the
 * rights of the run: Borg starts a `passphrase_command`, and ssh a `ProxyCommand`.
 *
 * @param file the configuration, absolute
 * @param hasSecret whether there is a secret in it
 * @returns sentences without a full stop
 */
export async function accessWarnings(file: string, hasSecret: boolean): Promise<string[]> {
  const directory = dirname(file);
  const [own, above] = await Promise.all([Deno.stat(file), Deno.stat(directory)]);
  const warnings: string[] = [];
  const isOpen = hasSecret && ((own.mode ?? 0) & 0o077) !== 0;
  if (isOpen) warnings.push(openFile("the configuration", file, own.mode));
  else if (isWritableByOthers(own)) warnings.push(writable("change", file, file, own.mode));
  // With the sticky bit nobody replaces what belongs to somebody else.
  if (isWritableByOthers(above) && ((above.mode ?? 0) & 0o1000) === 0) {
    warnings.push(writable("replace", file, directory, above.mode));
  }
  return warnings;
}

/**
 * Points out passphrases that are too short to protect anything.
 *
 * @param repositories with their keys; one in a key file may have none at all
 * @returns sentences without a full stop
 */
export function passphraseWarnings(repositories: Config["repositories"]): string[] {
  return repositories.flatMap(({ label, key }) => {
    if (key.kind !== "passphrase") return [];
    const { length } = [...key.passphrase.reveal()];
    if (length === 0 || length >= SHORTEST) return [];
    return [
      `The passphrase of "${label}" is short: expected ${SHORTEST} characters or more, because a ` +
      "shorter one can be guessed, and reports hide it in other words, too; " +
      '"borg key change-passphrase" sets another one',
    ];
  });
}

function writable(verb: string, file: string, what: string, mode: number | null): string {
  return `Others may ${verb} ${JSON.stringify(file)}, and thereby choose what a run starts: ` +
    `expected ${JSON.stringify(what)} to be writable by its owner alone, found mode ` +
    `${octal(mode)}; run "chmod go-w ${what}"`;
}

/** A group with the number of the owner is the owner's own, as many systems make one for each user. */
function isWritableByOthers({ mode, uid, gid }: Deno.FileInfo): boolean {
  const group = uid === gid ? 0 : 0o020;
  return ((mode ?? 0) & (0o002 | group)) !== 0;
}

function octal(mode: number | null): string {
  return ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
}
