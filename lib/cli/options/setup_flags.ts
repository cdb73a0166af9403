/** Flags of `autoborg setup`. @module */
import { commonFlags, switchFlag, textFlag } from "./flags.ts";

/** A question that is asked when neither of the two flags is given. */
function decisionFlag(brief: string) {
  return { kind: "boolean", optional: true, brief } as const;
}

/** The flags of `setup`: one for each question. */
export const setupFlags = {
  ...commonFlags,
  config: textFlag(
    "FILE",
    "Configuration to write; default: $AUTOBORG_CONFIG or /etc/autoborg/config.toml",
  ),
  example: switchFlag("Print the example configuration, with every key, and ask nothing"),
  overwrite: switchFlag(
    "Replace an existing configuration; the old one is kept under another " +
      "name",
  ),
  keep: switchFlag(
    "Keep an existing configuration, ignore the answers for a new one, and take the steps with it",
  ),
  name: textFlag(
    "TEXT",
    "Name of this backup, such as that of the machine; archives begin " +
      "with it",
  ),
  directory: {
    ...textFlag("DIR", "Back up this directory; can be repeated"),
    variadic: true,
  },
  dataset: {
    ...textFlag("DATASET", "Back up this ZFS dataset and its children; can be repeated"),
    variadic: true,
  },
  repo: textFlag("URL", "Repository: a path, or ssh://user@host:port/path"),
  label: textFlag(
    "LABEL",
    'Name of the repository in reports and commands; default: "disk", or the name of its server',
  ),
  sshKey: textFlag("FILE", "Private SSH key for the repository"),
  generatePassphrase: switchFlag("Generate a passphrase and write it to LABEL.passphrase"),
  passphraseFile: textFlag("FILE", "Use the passphrase in this file"),
  sameDisk: switchFlag("Allow a repository on the same disk as the sources"),
  init: decisionFlag("Create the repository; one that exists is left unchanged"),
  run: decisionFlag("Make the first backup; needs --init"),
  verify: decisionFlag("Read files back and compare them with their source; needs --run"),
  timer: decisionFlag(
    "Write the systemd units that start a run every night, and show how to enable them",
  ),
} as const;
