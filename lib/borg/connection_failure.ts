/** Explains why a server could not be reached, from what ssh said. @module */
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import { withoutNames } from "./quoted_names.ts";
import type { BorgRepository } from "./repository.ts";

/** Fingerprints can only be compared with what the server itself says on its console. */
const FINGERPRINT = '"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" on the server shows';
const HOST_KEY_HINT =
  "Connect once by hand with ssh, as the same user, and compare the host key: " +
  `accept it only if it is the one that ${FINGERPRINT}`;

/** What ssh says, and what it means; what is said last, but may get lost, comes first. */
const SSH_REASONS: readonly {
  readonly pattern: RegExp;
  readonly unreachable?: true;
  readonly hint: string;
}[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for \S+ has changed/i,
    hint:
      "Another machine may pose as the server. Find out first why its host key has changed, and " +
      `compare the new one with the one that ${FINGERPRINT}. Replacing the line in known_hosts ` +
      "makes ssh trust whoever answers now",
  },
  {
    pattern: /Host key verification failed/,
    hint: HOST_KEY_HINT,
  },
  {
    pattern: /No \S+ host key is known for/,
    hint: HOST_KEY_HINT,
  },
  {
    pattern: /Permission denied \(/,
    hint: "See that the public key is in authorized_keys on the server and ssh_key is right",
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY|bad permissions|invalid format|error in libcrypto/,
    hint: "The private key must be readable for its owner alone and must be a valid key",
  },
  {
    pattern: /Load key .*incorrect passphrase|read_passphrase/,
    hint: "The ssh key has a passphrase of its own, and a service has no agent: use one without",
  },
  {
    pattern: /Bad configuration option|command-line: line \d+: |configuration error/i,
    hint: "See ssh_options of the repository, and ssh's own configuration on this machine",
  },
  {
    pattern: /borg: (?:command )?not found|borg: No such file/,
    hint: 'Install Borg on the server, or set "remote_borg" to its path there',
  },
  {
    pattern:
      /Could not resolve hostname|Connection refused|timed out|No route to host|Network is unreachable|Host is down/,
    unreachable: true,
    hint: "See that the server is on and that name, port and network are right",
  },
];

/** Explains why the connection to a repository's server ended. */
export function connectionClosed(repository: BorgRepository, words: BorgWords): BorgFailure {
  const lines = words.last.filter((line) => !isAside(line))
    .map((line) => line.replace(/^Remote:\s*/, "").replace(/^@\s+|\s+@$/g, "").trim());
  const { sshKey = "" } = repository;
  for (const { pattern, unreachable, hint } of SSH_REASONS) {
    const line = lines.find((candidate) => pattern.test(withoutNames(candidate, [sshKey])));
    if (line === undefined) continue;
    const kind = unreachable ? "unreachable" : "other";
    return { kind, message: `the connection to the server failed: ${line}`, hint };
  }
  const said = words.last.findLast(hasReason)?.slice(7).trim();
  return {
    kind: "other",
    message: `the connection was closed by the server${said ? `: ${said}` : ""}`,
    hint:
      `Try "ssh" to the server of "${repository.url}" by hand, as the same user, and see that ` +
      "Borg is installed there and remote_borg, if it is set, is its path",
  };
}

/**
 * Explains that something else than Borg spoke on the server: a banner, a shell's start-up file.
 *
 * @param words what Borg said; the text of the server follows its first line
 */
export function foreignWords(repository: BorgRepository, words: BorgWords): BorgFailure {
  const error = words.errors.find(({ msgid }) => msgid === "UnexpectedRPCDataFormatFromServer");
  const [, ...said] = (error?.text ?? "").split("\n").map((line) => line.trim());
  const text = said.filter((line) => line !== "").join(" ");
  return {
    kind: "other",
    message: `the server wrote text before Borg could answer${text === "" ? "" : `: "${text}"`}`,
    hint:
      `Nothing but Borg may write for this user of the server of "${repository.url}": look at ` +
      "command= in its authorized_keys, ForceCommand in sshd_config, and its shell's start-up files",
  };
}

/** Says whether a line may tell why a connection ended. */
export function hasReason(line: string): boolean {
  return line.startsWith("Remote:") && !isAside(line);
}

/**
 * Says whether Borg wrote into the pipe of an ssh that had ended: it knows no message for that, and
 * ends with a traceback.
 */
export function isBrokenPipe(text: string): boolean {
  return /\bin send_buffer\b/.test(text) && /^BrokenPipeError: /m.test(text);
}

/** What ssh says of keys and host keys before it connects, whatever comes of that. */
function isAside(line: string): boolean {
  return /^Remote:\s*(?:Warning: |\*\* )/.test(line);
}
