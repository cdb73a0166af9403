/** Asks the programs that a run needs for their versions: Borg, ssh and ZFS. @module */
import { environmentWithoutRepository } from "../borg/environment.ts";
import { localPath } from "../borg/repository.ts";
import { runBorg } from "../borg/run_borg.ts";
import type { Repository } from "../config/config_schema.ts";
import { ownCommand } from "../text/own_command.ts";
import type { RunZfsCommand, ZfsCommandResult } from "../zfs/command.ts";
import { reasonFor } from "../zfs/reasons.ts";
import { failed, type Finding, ok, skipped, subject, warning } from "./finding.ts";
import { type ProbeContext, STOP_READER, withTimeLimit } from "./probe_context.ts";

const BORG = subject("borg");
const SSH = subject("ssh");
const ZFS = subject("zfs");

/**
 * Asks Borg for its version. Repositories can't be asked unless the finding is `ok`.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function probeBorg(context: ProbeContext): Promise<Finding> {
  const { end, stdout, stderr } = await context.start({
    program: "borg",
    args: ["--version"],
    env: environmentWithoutRepository(context.outer),
    signal: context.signal,
    timeLimit: context.limits.command,
  });
  if (end.kind === "exited" && end.code === 0) return judgeVersion(stdout);
  const last = stderr.lines.findLast((line) => line.trim() !== "");
  return failed(
    BORG,
    `Borg does not start${last === undefined ? "" : `: ${last.trim()}`}`,
    'See what "borg --version" says, and install Borg anew',
  );
}

/** Judges what `borg --version` printed. */
export function judgeVersion(said: string): Finding {
  const version = /^\S*borg\S* +(\d+)\.(\d+)(\S*)$/m.exec(said.trim());
  if (version === null) {
    return failed(
      BORG,
      `The program "borg" does not say its version: "${said.trim().slice(0, 100)}"`,
      "See that the first borg in PATH is BorgBackup",
    );
  }
  const [, major = "", minor = "", rest = ""] = version;
  const whole = `${major}.${minor}${rest}`;
  if (major === "1" && (minor === "2" || minor === "4")) return ok(BORG, `version ${whole}`);
  return failed(
    BORG,
    `Borg ${whole} is not supported: expected 1.2 or 1.4`,
    Number(major) < 2
      ? "Install Borg 1.2 or 1.4: it reads the same repositories"
      : "Install Borg 1.4 beside it and put it first in PATH: Borg 2 has other repositories",
  );
}

/**
 * Asks ssh for its version. We may not start ssh, but Borg may: it is given `ssh -V` for the command
 * that reaches a server, which prints the version, contacts nobody and ends. The name of the server
 * is one that can't exist (RFC 2606).
 */
export async function probeSsh(context: ProbeContext): Promise<Finding> {
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

/** The repositories that only an agent, or a key that ssh finds by itself, opens. */
function withoutKey(repositories: readonly Repository[]): readonly string[] {
  return repositories
    .filter(({ url, sshKey }) => localPath(url) === undefined && sshKey === undefined)
    .map(({ label }) => label);
}

/**
 * Finds the version of ssh in what Borg said. `onAgent` are the repositories that an agent may have
 * opened, which runs at night have none of.
 */
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

/** Asks ZFS for its versions, if datasets are configured or directories lie on ZFS. */
export async function probeZfs(run: RunZfsCommand, isUsed: boolean): Promise<Finding> {
  if (!isUsed) return skipped(ZFS, "no dataset is configured, and no directory lies on ZFS");
  return judgeZfs(await run({ program: "zfs", args: ["version"] }));
}

/**
 * Reads what `zfs version` printed: a line for the program and one for the kernel module. Without
 * the module there is either an error or the first line alone.
 */
export function judgeZfs(result: ZfsCommandResult): Finding {
  const program = /^zfs-(?!kmod)(\S+)/m.exec(result.stdout)?.[1];
  const module = /^zfs-kmod-(\S+)/m.exec(result.stdout)?.[1];
  if (program !== undefined && module !== undefined) {
    return ok(ZFS, `version ${program}, kernel module ${module}`);
  }
  if (result.end.kind === "not-started") {
    return failed(ZFS, "zfs is not installed", "Install the package zfsutils-linux");
  }
  const { reason, hint } = reasonFor(result, "");
  if (result.end.kind === "exited" && (program !== undefined || /module/.test(reason))) {
    return failed(ZFS, "the ZFS kernel module is not loaded", "Load it: modprobe zfs");
  }
  return failed(ZFS, `zfs does not say its version: ${reason}`, hint);
}
