/** What the manual pages and the reference say about the world around the program. @module */
import { DEFAULT_CONFIG } from "../../text/own_command.ts";
import { HOOK_DIRECTORY } from "../../files/hook_file.ts";
import { ExitCode } from "../../errors.ts";

/** A name and what it is, as a sentence. */
export interface Named {
  readonly name: string;
  readonly meaning: string;
}

const EXIT_MEANINGS: Readonly<Record<keyof typeof ExitCode, string>> = {
  ok: "Everything that was asked for was done.",
  warning: "It was done, with warnings. In status: a backup is too old.",
  failed: "Something that was asked for was not done.",
  usage: "The command line is wrong.",
  internal: "A bug in autoborg itself; the log of the run says where in the code.",
  locked: "Another run is in progress.",
  config: "The configuration is wrong or can't be read.",
  hangup: "Stopped because the terminal went away (SIGHUP); never ends a run.",
  interrupted: "Stopped by SIGINT, after cleaning up.",
  quit: "Stopped by SIGQUIT, after cleaning up.",
  terminated: "Stopped by SIGTERM, after cleaning up.",
};

/** The exit codes, the smallest first. */
export const EXIT_CODES: readonly Named[] = Object.entries(EXIT_MEANINGS)
  .map(([kind, meaning]) => ({ code: codeOf(kind), meaning }))
  .toSorted((a, b) => a.code - b.code)
  .map(({ code, meaning }) => ({ name: String(code), meaning }));

function codeOf(kind: string): number {
  const [, code] = Object.entries(ExitCode).find(([name]) => name === kind) ?? [];
  if (code === undefined) throw new RangeError(`Cannot find the exit code "${kind}"`);
  return code;
}

/** The files that the program uses, unless the configuration says otherwise. */
export const FILES: readonly Named[] = [
  { name: DEFAULT_CONFIG, meaning: "The configuration, if nothing else names one." },
  {
    name: `${HOOK_DIRECTORY}/`,
    meaning:
      "Programs that a run starts: before-snapshot, after-snapshot, finished, dump. They must belong to root, and nobody else may write to them.",
  },
  { name: "/var/log/autoborg/", meaning: "One log file for each run (logs.directory)." },
  {
    name: "/var/lib/autoborg/",
    meaning: "Lock, journal, history and mail that could not be sent yet (paths.state_dir).",
  },
  {
    name: "/run/autoborg/",
    meaning: "Where snapshots are mounted during a run; must be empty before it (paths.temp_dir).",
  },
];

/** The variables of the environment that the program reads; all others are ignored. */
export const ENVIRONMENT: readonly Named[] = [
  { name: "AUTOBORG_CONFIG", meaning: "The configuration, if --config is not given." },
  {
    name: "CREDENTIALS_DIRECTORY",
    meaning: "Where systemd has put credentials: passphrase.LABEL, databases.LABEL, mail.password.",
  },
  { name: "NO_COLOR", meaning: "Any value but an empty one turns colour off." },
  { name: "TERM, COLUMNS", meaning: "What the terminal can do, and how wide it is." },
  { name: "JOURNAL_STREAM", meaning: "Set by systemd: messages get a priority for the journal." },
  {
    name: "BORG_BASE_DIR, BORG_CACHE_DIR, BORG_CONFIG_DIR, BORG_KEYS_DIR, BORG_SECURITY_DIR",
    meaning: "Passed on to Borg.",
  },
  {
    name: "XDG_CACHE_HOME, XDG_CONFIG_HOME",
    meaning: "Passed on to Borg, which uses them when BORG_BASE_DIR is not set.",
  },
  {
    name: "SSLKEYLOGFILE",
    meaning: "Should not be set: TLS secrets are written there, and every report warns about it.",
  },
  { name: "HOME, PATH, SSH_AUTH_SOCK, TMPDIR", meaning: "Passed on to Borg and ssh." },
];
