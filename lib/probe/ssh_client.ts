/**
 * Looks which ssh Borg would use.
 *
 * @module
 */
import { runBorg } from "../borg/run_borg.ts";
import { localPath } from "../borg/repository.ts";
import type { Repository } from "../config/config_schema.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failed, type Finding, ok, skipped, subject, warning } from "./finding.ts";
import { STOP_READER, withTimeLimit } from "./limits.ts";

const SSH = subject("ssh");

/**
 * Asks ssh for its version. We may not start ssh, but Borg may: it is given `ssh -V` for the command
 * that reaches a server, which prints the version, contacts nobody and ends. The name of the server
 * is one that can't exist (RFC 2606).
 */
export async function probeSsh(
  context: Pick<ProbeContext, "config" | "outer" | "start" | "signal" | "limits">,
): Promise<Finding> {
  const { config, outer, start, signal, limits } = context;
  if (config.repositories.every(({ url }) => localPath(url) !== undefined)) {
    return skipped(SSH, "no repository is on a server");
  }
  const lines: string[] = [];
  const answer = await withTimeLimit(signal, limits.command, (limited) =>
    runBorg({
      repository: {
        label: "none",
        url: "ssh://autoborg.invalid/./none",
        encryption: "none",
        key: { kind: "none" },
        sshOptions: [],
        lockWait: 1_000,
      },
      args: ["list", "--log-json", "--", "ssh://autoborg.invalid/./none"],
      outer,
      start,
      signal: limited,
      stop: STOP_READER,
      variables: { BORG_RSH: "ssh -V" },
      onLine: (line) => {
        if (line.kind === "message" || line.kind === "text") lines.push(line.text);
      },
    }));
  if (answer === "timed-out") return failed(SSH, "ssh does not say its version");
  const { SSH_AUTH_SOCK = "" } = outer;
  return judgeSsh(lines, SSH_AUTH_SOCK === "" ? [] : withoutKey(config.repositories));
}

/** Those that only an agent, or a key that ssh finds by itself, opens. */
function withoutKey(repositories: readonly Repository[]): readonly string[] {
  return repositories
    .filter(({ url, sshKey }) => localPath(url) === undefined && sshKey === undefined)
    .map(({ label }) => label);
}

/** Finds the version of ssh in what Borg said. */
export function judgeSsh(lines: readonly string[], onAgent: readonly string[] = []): Finding {
  const text = lines.join("\n");
  if (/No such file or directory: '\S*ssh'/.test(text)) {
    return failed(SSH, "ssh is not installed", "Install the package openssh-client");
  }
  const version = /^(?:Remote: *)?(OpenSSH_[^\s,]+)/m.exec(text)?.[1];
  // Whatever else it is, the repositories on servers show whether it works.
  const there = version === undefined ? "there, of an unknown version" : version;
  if (onAgent.length === 0) return ok(SSH, there);
  return warning(
    SSH,
    `${there}; an SSH agent is in reach, and a service has none: ${onAgent.join(", ")} may open ` +
      "now and not at night",
    `Set ssh_key, to a key without a passphrase; "SSH_AUTH_SOCK= ${
      ownCommand("check-config", "--probe")
    }" asks without the agent`,
  );
}
