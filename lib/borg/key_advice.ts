import { borgCommand, keyExportCommand } from "../text/own_command.ts";
import type { InheritedEnvironment } from "./environment.ts";
import { shownDirectories } from "./own_directories.ts";
import type { BorgRepository } from "./repository.ts";

/**
 * Says where the key of a new repository is kept, and how it is kept elsewhere, too.
 *
 * @param inherited our own environment, as far as Borg may see it
 */
export function keyAdvice(repository: BorgRepository, inherited: InheritedEnvironment): string {
  const { label, url, encryption } = repository;
  if (encryption === "none" || encryption.startsWith("authenticated")) {
    return encryption === "none"
      ? `\n${label}: the data is NOT encrypted; anyone with access to ${url} can read your files\n`
      : `\n${label}: the data is NOT encrypted, only protected against changes\n`;
  }
  const where = encryption.startsWith("keyfile")
    ? `on this machine, in ${shownDirectories(inherited).keys}`
    : `in the repository itself (${url}/config)`;
  return `
${label}: the key is stored ${where}.
  Without key AND passphrase nobody can restore anything. Keep copies of both away from this machine:
    ${keyExportCommand("--repo", label)}
`;
}

/** How the key comes back, as the object of "Restore". */
export function importKey({ label }: BorgRepository): string {
  return `the key from your copy: "${borgCommand(label, "key", "import", "::", "FILE")}"`;
}
