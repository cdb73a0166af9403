import { readSmallFileSync } from "./small_file.ts";

/** Where systemd keeps a number that is made at the installation; see machine-id(5). */
const MACHINE_ID = "/etc/machine-id";

/**
 * What tells this machine from a copy of it, as far as the system itself knows: a copied virtual machine
 * has another name, or another machine id, or nothing that tells it apart.
 *
 * @returns the host name and the machine id, such as `web1 0123456789abcdef0123456789abcdef`; "" where
 * there is no machine id, as in containers, whose names change with each start
 */
export function machineIdentity(hostname: string, path = MACHINE_ID): string {
  try {
    const id = new TextDecoder().decode(readSmallFileSync(path)).trim();
    return /^[0-9a-f]{32}$/.test(id) ? `${hostname} ${id}` : "";
  } catch {
    return "";
  }
}
