/** The environment of a Borg process: the only way in which it gets a secret. @module */
import type { BorgRepository } from "./repository.ts";

/**
 * Variables of our own environment that Borg or ssh may see. Borg 1.2 and 1.4 look at the two of XDG
 * when BORG_BASE_DIR is not set, and at no others of XDG (`helpers/fs.py`).
 */
export const PASSED_ON = [
  "BORG_BASE_DIR",
  "BORG_CACHE_DIR",
  "BORG_CONFIG_DIR",
  "BORG_KEYS_DIR",
  "BORG_SECURITY_DIR",
  "HOME",
  "PATH",
  "SSH_AUTH_SOCK",
  "TMPDIR",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
] as const;

/**
 * Borg is a program in Python. It would run `usercustomize.py` below HOME, which need not be root's own
 * (https://docs.python.org/3/using/cmdline.html#envvar-PYTHONNOUSERSITE), and may look for modules next
 * to the program; Python before 3.11 does not know the second one.
 */
const NO_CODE_OF_USERS = { PYTHONNOUSERSITE: "1", PYTHONSAFEPATH: "1" } as const;

/** Our own environment, as far as Borg or ssh may see it. */
export type InheritedEnvironment = Readonly<Partial<Record<typeof PASSED_ON[number], string>>>;

/**
 * Options for ssh that keep an unattended run from waiting for ever. They follow those of the
 * configuration, and ssh takes the first value that it is given for an option.
 */
const SSH_DEFAULTS = [
  "ConnectTimeout=30",
  "ServerAliveInterval=30",
  "ServerAliveCountMax=10",
] as const;

/**
 * Builds the whole environment of a Borg process; nothing else is inherited.
 *
 * Every question that Borg could ask is answered beforehand, with "no" unless the configuration
 * says otherwise: there is nobody to answer. BORG_EXIT_CODES=modern tells warnings and errors apart
 * on Borg 1.4; Borg 1.2 does not know it.
 */
export function borgEnvironment(
  repository: BorgRepository,
  inherited: InheritedEnvironment,
): Record<string, string> {
  return {
    ...commonEnvironment(repository, inherited),
    BORG_RSH: remoteShell(repository),
    BORG_DISPLAY_PASSPHRASE: "no",
    BORG_RELOCATED_REPO_ACCESS_IS_OK: "no",
    // With `encryption = "none"` it is known that the repository is not encrypted.
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: repository.encryption === "none" ? "yes" : "no",
    BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "NO",
    BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "NO",
  };
}

/**
 * Builds the whole environment of a Borg that a person works with: it may ask its questions, and so
 * may ssh. The repository need not be named in its arguments.
 */
export function interactiveEnvironment(
  repository: BorgRepository,
  inherited: InheritedEnvironment,
): Record<string, string> {
  const { url, remoteBorg } = repository;
  return {
    ...commonEnvironment(repository, inherited),
    BORG_REPO: url,
    BORG_RSH: remoteShell(repository, true),
    ...(remoteBorg === undefined ? {} : { BORG_REMOTE_PATH: remoteBorg }),
  };
}

function commonEnvironment(
  repository: BorgRepository,
  inherited: InheritedEnvironment,
): Record<string, string> {
  const environment: Record<string, string> = {
    ...environmentWithoutRepository(inherited),
    BORG_EXIT_CODES: "modern",
  };
  const { key } = repository;
  if (key.kind === "passphrase") environment.BORG_PASSPHRASE = key.passphrase.reveal();
  if (key.kind === "command") environment.BORG_PASSCOMMAND = key.command.reveal();
  return environment;
}

/** Builds the whole environment of a Borg that opens no repository, such as `borg --version`. */
export function environmentWithoutRepository(
  inherited: InheritedEnvironment,
): Record<string, string> {
  const environment: Record<string, string> = {
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    ...NO_CODE_OF_USERS,
  };
  for (const name of PASSED_ON) {
    const value = inherited[name];
    // An empty one means that it is not set, says XDG's specification; Borg would write to "./borg".
    const isUnset = value === undefined || value === "" && name.startsWith("XDG_");
    if (!isUnset) environment[name] = value;
  }
  return environment;
}

/**
 * The command with which Borg reaches its server, quoted for the `shlex.split` of Python.
 *
 * @param first options that come before all others
 */
export function remoteShell(
  repository: BorgRepository,
  interactive = false,
  first: readonly string[] = [],
): string {
  const words = ["ssh", ...first, ...(interactive ? [] : ["-oBatchMode=yes"])];
  for (const option of repository.sshOptions) words.push(`-o${option}`);
  if (repository.sshKey !== undefined) words.push("-oIdentitiesOnly=yes", "-i", repository.sshKey);
  for (const option of SSH_DEFAULTS) words.push(`-o${option}`);
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
