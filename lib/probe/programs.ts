/** Asks the programs that a run needs for their versions: Borg, ssh and ZFS. @module */
import { environmentWithoutRepository } from "../borg/environment.ts";
import {
  defectsOf,
  parseBorgVersion,
  unsupportedBorg,
  unsupportedRules,
} from "../borg/borg_version.ts";
import { localPath } from "../borg/repository.ts";
import { runBorg } from "../borg/run_borg.ts";
import type { Repository } from "../config/config_schema.ts";
import { ownCommand } from "../text/own_command.ts";
import { installCommand } from "../text/install_command.ts";
import { humanLimit } from "../text/units.ts";
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
    env: environmentWithoutRepository(context.inherited),
    signal: context.signal,
    timeLimit: context.limits.command,
  });
  if (end.kind === "exited" && end.code === 0) {
    // Where another machine prunes, its Borg matters.
    const pruned = context.config.repositories.filter((one) => !one.prunedElsewhere);
    return judgeVersion(stdout, pruned.map(({ retention }) => retention));
  }
  const last = stderr.lines.findLast((line) => line.trim() !== "");
  return failed(
    BORG,
    `Borg does not start${last === undefined ? "" : `: ${last.trim()}`}`,
    'Run "borg --version", and reinstall Borg',
  );
}

/** Judges what `borg --version` printed. */
export function judgeVersion(
  said: string,
  retentions: readonly Repository["retention"][] = [],
): Finding {
  const version = parseBorgVersion(said);
  if (version === undefined) {
    return failed(
      BORG,
      `The program "borg" does not report its version: "${said.trim().slice(0, 100)}"`,
      "Check that the first borg in PATH is BorgBackup",
    );
  }
  const unsupported = unsupportedBorg(version);
  if (unsupported !== undefined) return failed(BORG, unsupported.message, unsupported.hint);
  const [rules] = retentions.flatMap((one) => unsupportedRules(version, one) ?? []);
  // What else depends on Borg can still be tested.
  if (rules !== undefined) return warning(BORG, rules.message, rules.hint);
  const defects = defectsOf(version).map(({ name }) => name).join(", ");
  return ok(
    BORG,
    `version ${version.text}` +
      (defects === ""
        ? ""
        : `; later releases fix ${defects}, which your distribution may have fixed in this one`),
  );
}

/** How often ssh is asked for its version until its answer arrives. */
const MOST_QUESTIONS = 3;
const ANSWERED = /OpenSSH_|No such file or directory/;

/**
 * Asks ssh for its version. We may not start ssh, but Borg may: it is given `ssh -V` for the command
 * that reaches a server, which prints the version, contacts nobody and ends. The name of the server
 * is one that can't exist (RFC 2606).
 */
export async function probeSsh(context: ProbeContext): Promise<Finding> {
  const { config, inherited, start, signal, limits } = context;
  if (config.repositories.every(({ url }) => localPath(url) !== undefined)) {
    return skipped(SSH, "no repository is on a server");
  }
  const lines: string[] = [];
  const ask = (limited: AbortSignal) =>
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
      inherited,
      start,
      signal: limited,
      stop: STOP_READER,
      variables: { BORG_RSH: "ssh -V" },
      onLine: (line) => {
        if (line.kind === "message" || line.kind === "text") lines.push(line.text);
      },
    });
  const answer = await withTimeLimit(signal, limits.command, async (limited) => {
    // Borg may notice that ssh has ended before it has read what ssh said.
    for (let asked = 0; asked < MOST_QUESTIONS && !ANSWERED.test(lines.join("\n")); asked += 1) {
      await ask(limited);
    }
  });
  const { SSH_AUTH_SOCK = "" } = inherited;
  const onAgent = SSH_AUTH_SOCK === "" ? [] : withoutKey(config.repositories);
  return judgeSsh(lines, onAgent, {
    over: answer === "timed-out" ? limits.command : undefined,
  });
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
 *
 * @param over the time limit in milliseconds when it was reached: a busy machine is no fault of ssh
 */
export function judgeSsh(
  lines: readonly string[],
  onAgent: readonly string[] = [],
  { over }: { readonly over?: number | undefined } = {},
): Finding {
  const text = lines.join("\n");
  if (over !== undefined && !ANSWERED.test(text)) {
    const limit = humanLimit(over);
    return skipped(SSH, `no version within ${limit}; the repositories show whether it works`);
  }
  if (/No such file or directory: '\S*ssh'/.test(text)) {
    return failed(SSH, "not installed", `Install it: "${installCommand("openssh-client")}"`);
  }
  const version = /^(?:Remote: *)?(OpenSSH_[^\s,]+)/m.exec(text)?.[1];
  // Whatever else it is, the repositories on servers show whether it works.
  const there = version === undefined ? "installed, version unknown" : version;
  if (onAgent.length === 0) return ok(SSH, there);
  return warning(
    SSH,
    `${there}; an SSH agent is available here, but not to a service: ${onAgent.join(", ")} may ` +
      "work now and fail at night",
    `Set ssh_key to a key without a passphrase; "SSH_AUTH_SOCK= ${
      ownCommand("check-config", "--probe")
    }" tests without the agent`,
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
    return failed(ZFS, "not installed", `Install it: "${installCommand("zfsutils-linux")}"`);
  }
  const { reason, hint } = reasonFor(result, "");
  if (result.end.kind === "exited" && (program !== undefined || /module/.test(reason))) {
    return failed(ZFS, "the ZFS kernel module is not loaded", "Load it: modprobe zfs");
  }
  return failed(ZFS, `zfs does not report its version: ${reason}`, hint);
}
