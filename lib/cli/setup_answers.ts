/** The answers of `autoborg setup` that are given as options. @module */
import { hideUser } from "../config/repository_url.ts";
import { UsageError } from "../errors.ts";
import {
  rejectDirectory,
  rejectMissingDataset,
  rejectPassphraseFile,
  rejectRepository,
  rejectSshKey,
} from "../setup/machine_checks.ts";
import { rejectLabel, rejectName } from "../setup/rejections.ts";
import { localPath } from "../setup/repository_place.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import type { CommonFlags } from "./context.ts";
import type { Check } from "./prompts.ts";

/** The answers that may be given as flags. */
export interface SetupAnswers extends CommonFlags {
  readonly overwrite: boolean;
  readonly keep: boolean;
  readonly name?: string;
  readonly directory?: readonly string[];
  readonly dataset?: readonly string[];
  readonly repo?: string;
  readonly label?: string;
  readonly sshKey?: string;
  readonly generatePassphrase: boolean;
  readonly passphraseFile?: string;
  readonly sameDisk: boolean;
  readonly init?: boolean;
  readonly run?: boolean;
  readonly verify?: boolean;
  readonly timer?: boolean;
}

/** The steps after the configuration is written, in their order. */
export const STEPS = ["init", "run", "verify", "timer"] as const;

/**
 * The flags that must be given where nobody can be asked; empty: all are.
 *
 * @param keeps whether there is a configuration that is kept, and only its steps are left
 */
export function missingFlags(flags: SetupAnswers, keeps: boolean): readonly string[] {
  const decisions = STEPS.filter((name) => flags[name] === undefined)
    .map((name) => `--${name} or --no-${name}`);
  if (keeps) return decisions;
  return [
    ...flags.name === undefined ? ["--name"] : [],
    ...flags.directory === undefined && flags.dataset === undefined
      ? ["--directory or --dataset"]
      : [],
    ...flags.repo === undefined ? ["--repo"] : [],
    ...flags.passphraseFile === undefined && !flags.generatePassphrase
      ? ["--generate-passphrase or --passphrase-file"]
      : [],
    ...decisions,
  ];
}

/**
 * Refuses flags that contradict each other.
 *
 * @throws {UsageError} when two of them do
 */
export function refuseContradictions(flags: SetupAnswers): void {
  const { init, run, verify, repo, sshKey } = flags;
  const both = (one: string, other: string) =>
    new UsageError(`Cannot use ${one} and ${other} together: expected one of them`);
  if (flags.generatePassphrase && flags.passphraseFile !== undefined) {
    throw both("--generate-passphrase", "--passphrase-file");
  }
  if (flags.keep && flags.overwrite) throw both("--keep", "--overwrite");
  if (init === false && run === true) {
    throw new UsageError(
      "Cannot use --run with --no-init: a backup needs a repository, and --init leaves one that " +
        "exists unchanged",
    );
  }
  if (verify === true && (run === false || init === false)) {
    throw new UsageError(
      `Cannot use --verify with --no-${run === false ? "run" : "init"}: it reads the first ` +
        "backup back, expected --init --run --verify",
    );
  }
  if (sshKey !== undefined && repo !== undefined && isLocal(repo)) {
    throw new UsageError(`Cannot use --ssh-key: the repository "${repo}" is on this machine`);
  }
}

function isLocal(repo: string): boolean {
  try {
    return localPath(repo) !== undefined;
  } catch {
    // What is wrong with it is said later.
    return false;
  }
}

/**
 * Checks the answers that are given as flags, each as if it were typed.
 *
 * @throws {UsageError} when one can't be used
 */
export async function checkFlags(flags: SetupAnswers, run: RunZfsCommand): Promise<void> {
  const { name, directory = [], dataset = [], repo, label, sshKey, passphraseFile } = flags;
  const checks: readonly (readonly [flag: string, answers: readonly string[], Check])[] = [
    ["--name", given(name), rejectName],
    ["--directory", directory, rejectDirectory],
    ["--dataset", dataset, (one) => rejectMissingDataset(one, run)],
    ["--repo", given(repo), rejectRepository],
    ["--label", given(label), rejectLabel],
    ["--ssh-key", given(sshKey), rejectSshKey],
    ["--passphrase-file", given(passphraseFile), rejectPassphraseFile],
  ];
  for (const [flag, answers, reject] of checks) {
    for (const answer of answers) {
      const reason = await reject(answer);
      if (reason !== undefined) {
        throw new UsageError(`Cannot use ${flag} "${hideUser(answer)}": ${reason}`);
      }
    }
  }
}

function given(answer: string | undefined): readonly string[] {
  return answer === undefined ? [] : [answer];
}
