/** The command line of `autoborg setup` that needs nobody to ask. Pure. @module */
import { ownCommand } from "../text/own_command.ts";
import { type SetupAnswers, STEPS } from "./setup_answers.ts";

/** Options with a value, and what stands for it where it is not given. */
const VALUES = [
  ["--name", "name"],
  ["--directory", "directory"],
  ["--dataset", "dataset"],
  ["--repo", "repo"],
  ["--label", "label"],
  ["--ssh-key", "sshKey"],
  ["--passphrase-file", "passphraseFile"],
] as const;

const SWITCHES = [
  ["--overwrite", "overwrite"],
  ["--keep", "keep"],
  ["--generate-passphrase", "generatePassphrase"],
  ["--same-disk", "sameDisk"],
] as const;

/**
 * Writes what was typed with everything that is missing: an example for a value, and no for a step.
 *
 * @param keeps whether only the steps are left
 * @param hostname the name of the machine
 */
export function completeSetup(flags: SetupAnswers, keeps: boolean, hostname: string): string {
  const { name, directory, dataset, repo, passphraseFile, generatePassphrase } = flags;
  const missing = [
    ...name === undefined ? ["--name", hostname] : [],
    ...directory === undefined && dataset === undefined ? ["--directory", "/etc"] : [],
    ...repo === undefined ? ["--repo", "/mnt/backup/borg"] : [],
    ...passphraseFile === undefined && !generatePassphrase ? ["--generate-passphrase"] : [],
  ];
  return ownCommand(
    "setup",
    ...SWITCHES.flatMap(([option, key]) => flags[key] ? [option] : []),
    ...VALUES.flatMap(([option, key]) =>
      [flags[key] ?? []].flat().flatMap((value) => [option, value])
    ),
    ...keeps ? [] : missing,
    ...STEPS.map((step) => `--${flags[step] === true ? "" : "no-"}${step}`),
  );
}
