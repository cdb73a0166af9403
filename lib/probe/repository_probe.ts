/** Checks whether a repository answers, as a run would ask it. @module */
import { lockedKey, passphraseRemedy } from "../borg/private_key.ts";
import {
  describeEncryption,
  parseRepositoryInfo,
  repositoryInfoArguments,
} from "../borg/repository_info.ts";
import { withoutStop } from "../borg/paragraph.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import { withSeenArchives } from "../borg/missing_repository.ts";
import { type BorgRepository, localPath } from "../borg/repository.ts";
import { fewerArchives } from "../borg/system_failure.ts";
import type { Repository } from "../config/config_schema.ts";
import { reasonOf } from "../errors.ts";
import { callerNumber } from "../files/path_safety.ts";
import { encryptionProblem } from "../inspect/encryption.ts";
import { seenArchives } from "../state/seen_archives.ts";
import { lookAtLock } from "../state/run_lock.ts";
import { commandLine } from "../text/printable.ts";
import { humanAge, humanLimit } from "../text/units.ts";
import { askBorg, type ProbeContext } from "./probe_context.ts";
import { failed, type Finding, ok, skipped, subject, warning } from "./finding.ts";
import { describeSpace, isScarce, LEAST_FOR_ARCHIVES, spaceAt } from "../files/free_space.ts";
import { testWrite } from "./write_test.ts";

/** The longest wait for a lock, in milliseconds. */
const LOCK_WAIT = 5_000;

/**
 * A run gives a server half a minute. Here a person waits, and can try again. What the configuration
 * says comes first, and ssh takes the first value.
 */
const CONNECT_TIMEOUT = "ConnectTimeout=15";

/**
 * Asks a repository for its newest archive, with the key, the passphrase and the answers of a run.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function probeRepository(context: ProbeContext, target: Repository): Promise<Finding> {
  const { signal, limits } = context;
  const repository: BorgRepository = {
    ...target,
    lockWait: Math.min(target.lockWait, LOCK_WAIT),
    sshOptions: [...target.sshOptions, CONNECT_TIMEOUT],
  };
  const warnings: string[] = [];
  const args = repositoryInfoArguments(repository, context.config.name);
  const result = await askBorg(context, repository, args, (text, level) => {
    if (level === "warning") warnings.push(text);
  });
  const about = subject("repository", target.label);
  if (result === "timed-out") {
    return failed(
      about,
      `no answer within ${humanLimit(limits.repository)}`,
      localPath(repository.url) === undefined
        ? "Check that the server is up, and that no firewall drops the connection"
        : "Check whether the disk responds, and whether the passphrase_command exits",
    );
  }
  signal.throwIfAborted();
  const { end, stdout } = result;
  if (end.kind === "failed") return await judgeFailure(context, target, end.failure);
  return await judge(
    context,
    target,
    stdout,
    end.kind === "warnings" ? warnings.at(-1) : undefined,
  );
}

async function judge(
  context: ProbeContext,
  target: Repository,
  stdout: string,
  warned: string | undefined,
): Promise<Finding> {
  const about = subject("repository", target.label);
  const info = parseRepositoryInfo(stdout);
  if (info === undefined) return failed(about, "Borg did not report what is in the repository");
  const { label, encryption } = target;
  const unprotected = encryptionProblem(label, encryption, info.encryption);
  if (unprotected !== undefined) return failed(about, unprotected.message, unprotected.hint);
  const path = localPath(target.url);
  const key = path === undefined ? await faultOfKey(target) : undefined;
  if (key !== undefined) return warning(about, key.message, key.hint);
  const test = path === undefined ? undefined : await testWrite(path, "existing");
  if (test?.kind === "failed") return failed(about, test.message, test.hint);
  const { lastArchive } = info;
  const age = lastArchive === undefined
    ? `no archive of "${context.config.name}" yet`
    : `last archive ${humanAge(context.now.getTime() - lastArchive.getTime())} ago`;
  const space = path === undefined ? undefined : await spaceAt(path);
  const room = space === undefined ? "" : `; ${describeSpace(space)}`;
  const message = `${describeEncryption(info)}; ${age}${room}`;
  if (warned !== undefined) {
    return warning(about, `${message}; Borg warned: ${withoutStop(warned)}`);
  }
  if (space !== undefined && isScarce(space, LEAST_FOR_ARCHIVES)) {
    const hint = "Move the repository or free some space; a full disk makes runs fail";
    // Without an archive there is nothing that could be pruned.
    const more = lastArchive === undefined ? "" : `. ${fewerArchives(label)}`;
    return warning(about, message, `${hint}${more}`);
  }
  return ok(about, message);
}

async function judgeFailure(
  context: ProbeContext,
  target: Repository,
  failure: BorgFailure,
): Promise<Finding> {
  const about = subject("repository", target.label);
  const { name, paths: { stateDir } } = context.config;
  const seen = seenArchives(stateDir, name, target.label);
  const { kind, message, hint } = withSeenArchives(target, failure, seen);
  if (target.optional && (kind === "missing-repository" || kind === "unreachable")) {
    return skipped(about, `skipped, as it is optional: ${message}`);
  }
  if (kind === "locked") {
    const run = await runAtWork(context);
    if (run !== undefined) {
      return warning(about, `${message}; ${run} is in progress`, "Try again when it has finished");
    }
  }
  const key = await faultOfKey(target);
  if (key === undefined) return failed(about, message, hint);
  // What ssh says of the file is told once, in the words that go with the hint.
  const isSaid = target.sshKey !== undefined && message.includes(target.sshKey);
  const whole = isSaid ? key.message : `${message}; ${key.message}`;
  return failed(about, whole, kind === "unreachable" && !isSaid ? hint : key.hint);
}

async function runAtWork({ config }: ProbeContext): Promise<string | undefined> {
  try {
    const { held, holder } = await lookAtLock(`${config.paths.stateDir}/run.lock`);
    if (!held) return undefined;
    return holder === undefined ? "a run" : `run ${holder.runId}`;
  } catch {
    // The lock has a row of its own, which says so.
    return undefined;
  }
}

/** With an agent the public half of the key is enough; ssh ignores a key that others can read. */
async function faultOfKey(
  repository: Repository,
): Promise<{ readonly message: string; readonly hint: string } | undefined> {
  const { label, sshKey } = repository;
  if (sshKey === undefined) return undefined;
  try {
    const { mode, uid } = await Deno.stat(sshKey);
    if (lockedKey(repository) !== undefined) {
      return {
        message: `the ssh_key "${sshKey}" has a passphrase, which nobody can type at night`,
        hint: passphraseRemedy(sshKey),
      };
    }
    if (((mode ?? 0) & 0o077) === 0 || uid !== callerNumber()) return undefined;
    return {
      message: `other users can read the ssh_key "${sshKey}", and ssh ignores it`,
      hint: commandLine(["chmod", "600", sshKey]),
    };
  } catch (error) {
    if (await Deno.stat(`${sshKey}.pub`).then(() => true, () => false)) return undefined;
    const message = `the ssh_key "${sshKey}" can't be read: ${reasonOf(error)}`;
    return { message, hint: `Correct the ssh_key of [[repositories]] "${label}"` };
  }
}
