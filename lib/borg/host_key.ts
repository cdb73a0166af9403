/** What to do about the host key of a server, from what ssh said of it. Pure. @module */
import { commandLine } from "../text/printable.ts";
import type { BorgRepository } from "./repository.ts";
import { serverOf, sshCommand } from "./ssh_command.ts";

/** Fingerprints can only be compared with what the server itself says on its console. */
function fingerprintCommand(line = ""): string {
  const type = /\b(ED25519|ECDSA|RSA)\b/.exec(line)?.[1]?.toLowerCase() ?? "ed25519";
  return `"ssh-keygen -lf /etc/ssh/ssh_host_${type}_key.pub"`;
}

/** How a person takes a host key into known_hosts that this machine has not seen yet. */
export function checkHostKey(repository: BorgRepository, line: string): string {
  return `Connect once as the user who runs autoborg: "${sshCommand(repository)}". ssh shows the ` +
    `fingerprint of the host key: accept it only if it is the one that ${
      fingerprintCommand(line)
    } on the server shows`;
}

/** Where the host key is written down that the server does not have any more. */
export function offendingLine(lines: readonly string[]): string | undefined {
  const { file, line } = offender(lines);
  return file === undefined ? undefined : `it is not the one in ${file}, line ${line}`;
}

/** How a person makes sure that the server is the right one, and then forgets its old host key. */
export function forgetHostKey(
  repository: BorgRepository,
  line: string,
  lines: readonly string[] = [line],
): string {
  const { file = "known_hosts" } = offender(lines);
  const name = /\s-R ['"]?([^'"\s]+)/.exec(lines.join("\n"))?.[1] ?? nameOf(repository);
  const sent = /^(SHA256:\S+?)\.?$/m.exec(lines.join("\n"))?.[1];
  const expected = sent === undefined ? "the fingerprint that ssh shows" : sent;
  const forget = commandLine(["ssh-keygen", "-f", file, "-R", name]);
  return `Another machine may pose as the server. Compare first: ${
    fingerprintCommand(lines.find((one) => /\bkey (?:sent|in)\b/.test(one)) ?? line)
  } on the server must print ${expected}. Only then forget the old key: "${forget}", and connect ` +
    `once: "${sshCommand(repository)}", which makes this machine trust the one that answers`;
}

/** "Offending ED25519 key in FILE:LINE"; an old ssh leaves out the type. */
function offender(lines: readonly string[]): { readonly file?: string; readonly line?: string } {
  const said = /^Offending (?:\S+ )?key in (.+):(\d+)$/m.exec(lines.join("\n"));
  const [, file, line] = said ?? [];
  return file === undefined || line === undefined ? {} : { file, line };
}

/** As known_hosts names a server. */
function nameOf(repository: BorgRepository): string {
  const { host = "HOST", port } = serverOf(repository) ?? {};
  return port === undefined || port === "22" ? host : `[${host}]:${port}`;
}
