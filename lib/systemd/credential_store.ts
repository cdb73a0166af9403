/** The credentials that systemd keeps for services on this machine. @module */
import type { Credential } from "./service.ts";

/** A credential, and whether there is none yet. */
interface StoredCredential extends Credential {
  readonly missing: boolean;
}

const STORE = "/etc/credstore";

/** Looks for a credential in systemd's store. */
export async function findCredential(name: string): Promise<StoredCredential> {
  const encrypted = await exists(`${STORE}.encrypted/${name}`);
  const plain = await exists(`${STORE}/${name}`);
  return { name, encrypted: encrypted === true, missing: encrypted === false && plain === false };
}

/** `undefined`: who asks may not know. */
async function exists(file: string): Promise<boolean | undefined> {
  try {
    await Deno.stat(file);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : undefined;
  }
}

/** Says how a credential gets into the store. */
export function storeAdvice(name: string): string {
  return `The credential "${name}" does not exist yet: put it into ${STORE}/${name} (mode 0600), ` +
    `or encrypt it with "systemd-creds encrypt --name=${name} - ${STORE}.encrypted/${name}" ` +
    `and write the units again`;
}
