import { borgCommand } from "../text/own_command.ts";
import type { BorgRepository } from "./repository.ts";

/** Says where the key of a new repository is kept, and how it is kept elsewhere, too. */
export function keyAdvice(repository: BorgRepository): string {
  const { label, url, encryption } = repository;
  if (encryption === "none" || encryption.startsWith("authenticated")) {
    return encryption === "none"
      ? `\n${label}: the data is NOT encrypted; whoever reads ${url} reads your files\n`
      : `\n${label}: the data is NOT encrypted, only protected against changes\n`;
  }
  const where = encryption.startsWith("keyfile")
    ? "on this machine, in Borg's keys directory (~/.config/borg/keys)"
    : `in the repository itself (${url}/config)`;
  return `
${label}: the key is kept ${where}.
  Without key AND passphrase nobody can restore anything. Keep both away from this machine:
    ${borgCommand(label, "key", "export", "::", `${label}.key`)}
    ${borgCommand(label, "key", "export", "--paper", "::")}
`;
}
