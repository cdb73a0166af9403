/** Explains why a server could not be reached, from what ssh said. @module */
import type { BorgFailure, BorgWords } from "./failure_kinds.ts";
import { isAboutFile, withoutNames } from "./quoted_names.ts";
import { commandOnServer, sshCommand } from "./ssh_command.ts";
import { lockedKey, passphraseRemedy } from "./private_key.ts";
import type { BorgRepository } from "./repository.ts";
import { NOT_SERVED, SSH_REASONS, type SshReason } from "./ssh_reasons.ts";

/** How ssh says that a connection ended which had worked. */
const LOST =
  /client_loop: |packet_write_|ssh_dispatch_run_fatal: |Connection to \S+ closed|Timeout, server|Connection (?:reset|closed)|Broken pipe/;

/** Explains why the connection to a repository's server ended. */
export function connectionClosed(repository: BorgRepository, words: BorgWords): BorgFailure {
  const lines = wordsOfSsh(words);
  if (words.working !== undefined) return connectionLost(repository, words.working, lines);
  const known = findReason(repository, lines);
  if (known !== undefined) {
    const { line, reason } = known;
    const { unreachable, passes, says = "the connection to the server failed", hint } = reason;
    const kind = unreachable ? "unreachable" : passes ? "connection-lost" : "other";
    const locked = reason.isDenied ? lockedKey(repository, words.inherited) : undefined;
    if (locked !== undefined) {
      return {
        kind,
        message:
          `the SSH key "${locked}" has a passphrase, which nobody can type at night: ${line}`,
        hint: passphraseRemedy(locked),
      };
    }
    // ssh shouts where there is nothing more to know.
    const detail = reason.detail?.(lines) ?? (line === line.toUpperCase() ? undefined : line);
    const message = detail === undefined ? says : `${says}: ${detail}`;
    return { kind, message, hint: hint(repository, line, lines) };
  }
  const said = words.last.findLast(hasReason)?.slice(7).trim();
  if (said === undefined && words.exitStatus !== undefined) {
    return silentEnd(repository, words.exitStatus);
  }
  return {
    // What is said may be anything, such as that a shell is missing; that something ended may pass.
    kind: said === undefined || LOST.test(said) ? "connection-lost" : "other",
    message: `the connection was closed by the server${said ? `: ${said}` : ""}`,
    hint:
      `Connect by hand, as the user who runs autoborg: "${sshCommand(repository)}". Check that ` +
      "Borg is installed there and remote_borg, if it is set, is its path",
  };
}

/** What ssh and the server said, line by line. */
function wordsOfSsh(words: BorgWords): readonly string[] {
  // That a key is missing is only said, too, when ssh finds another one.
  const isDenied = words.last.some((line) => /^Remote: \S+: Permission denied \(/.test(line));
  const counts = (line: string) => !isAside(line) || isDenied && /: Identity file /.test(line);
  return words.last.filter(counts)
    .map((line) => line.replace(/^Remote:\s*/, "").replace(/^@\s+|\s+@$/g, "").trim());
}

interface FoundReason {
  readonly reason: SshReason;
  readonly line: string;
}

function findReason(repository: BorgRepository, lines: readonly string[]): FoundReason | undefined {
  const { sshKey = "" } = repository;
  for (const reason of SSH_REASONS) {
    if (reason.withProxy && !hasProxy(repository)) continue;
    const line = lines.find((text) => reason.pattern.test(withoutNames(text, [sshKey])));
    if (line !== undefined) return { reason, line };
  }
  return undefined;
}

/** Says whether ssh or the server said something whose meaning is known. */
export function isExplained(repository: BorgRepository, words: BorgWords): boolean {
  return findReason(repository, wordsOfSsh(words)) !== undefined;
}

/** The login worked, and the command there ended without a word, or with one that got lost. */
function silentEnd(repository: BorgRepository, status: number): BorgFailure {
  // What a shell ends with when it finds no such program, and when it can't run it.
  const line = status === 127 ? "borg: command not found" : ": cannot execute";
  const known = status === 126 || status === 127 ? findReason(repository, [line]) : undefined;
  const ended = `the command on the server ended with exit code ${status}`;
  if (known !== undefined) {
    const { says = "", hint } = known.reason;
    return { kind: "other", message: `${says}: ${ended}`, hint: hint(repository, line) };
  }
  return {
    kind: "connection-lost",
    message: `ssh logged in, but ${ended} before Borg answered`,
    hint:
      `Run "${sshCommand(repository, `${repository.remoteBorg ?? "borg"} --version`)}", as the ` +
      "user who runs autoborg: it must print the version of Borg. A command= in authorized_keys " +
      'there must start "borg serve"',
  };
}

function hasProxy({ sshOptions }: BorgRepository): boolean {
  return sshOptions.some((option) => /^\s*Proxy(?:Command|Jump)\s*=/i.test(option));
}

/** Borg had opened the repository, so there is nothing wrong with how it gets there. */
function connectionLost(
  repository: BorgRepository,
  command: string,
  lines: readonly string[],
): BorgFailure {
  // A traceback, and files that Borg 1.2 could not send, say no more than that the connection is gone.
  const isOfSsh = (line: string) => LOST.test(line) && !line.includes("\n") && !isAboutFile(line);
  const said = lines.findLast(isOfSsh);
  const known = findReason(repository, lines.filter((line) => !line.includes("\n")));
  if (known?.reason.passes) {
    const { says = "", hint } = known.reason;
    return {
      kind: "connection-lost",
      message: `${says}: ${known.line}`,
      hint: hint(repository, known.line),
    };
  }
  return {
    kind: "connection-lost",
    message: "the connection to the server was lost while Borg was running" +
      (said === undefined ? "" : `: ${said}`),
    hint: "Check whether the server was restarted, ran out of memory or lost its network " +
      `("${commandOnServer(repository, "journalctl", "-u", "ssh")}" there). ` +
      (command === "create"
        ? "Nothing that was sent is lost: the next run continues from the checkpoint"
        : "The next run repeats it"),
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
  const known = SSH_REASONS.find(({ pattern, says }) => says === NOT_SERVED && pattern.test(text));
  const limited = /\bcommand not found\b/i.test(text)
    ? "There is no command of this name there. A hosted server may use another name, such as borg-1.4: set " +
      `"remote_borg" in [[repositories]] "${repository.label}", and check the port. On a server of your own, look ` +
      "at command= in authorized_keys and ForceCommand in sshd_config"
    : undefined;
  return {
    kind: "other",
    message: `the server wrote text before Borg could answer${text === "" ? "" : `: "${text}"`}`,
    hint: known?.hint(repository, text) ?? limited ??
      `Only Borg may write to the output of this user on the server of "${repository.url}": ` +
        "look at command= in its authorized_keys, ForceCommand in sshd_config, and its shell's " +
        "start-up files",
  };
}

/** Says whether a line may tell why a connection ended: ssh frames its warnings with lines of "@". */
export function hasReason(line: string): boolean {
  return /^Remote:.*\p{L}/u.test(line) && !isAside(line);
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
