/**
 * Explains that Borg could not even begin: Python does not find Borg, Borg does not find ssh, or can't
 * make its own directories.
 *
 * @module
 */
import { installCommand } from "../text/install_command.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

const OF_PYTHON = /^(?:ImportError|ModuleNotFoundError|Fatal Python error)\b/;
/** Where Borg 1.2 and 1.4 start ssh, and where they read the command for the passphrase. */
const AT_SSH = /\bremote\.py", line \d+, in __init__$/m;
const AT_PASSCOMMAND = /, in env_passcommand$/m;
/** Where Python starts another program. */
const AT_FORK = /, in _execute_child$/m;
/** What Borg says of a directory of its own that it can't make: ENOENT, ENOTDIR. */
const NO_DIRECTORY = /^(?:Error: )?\[Errno (?:2|20)\] [^:]+: '\/.*'$/m;

/** Recognises that Borg could not begin. */
export function startFailure(
  { label }: BorgRepository,
  text: string,
  said: string,
): BorgFailure | undefined {
  if (OF_PYTHON.test(said)) {
    return other(
      `Borg can't start: ${said}`,
      'Run "borg --version", and reinstall Borg: its Python, or a module of it, is missing',
    );
  }
  if (AT_FORK.test(text) && /^BlockingIOError\b/.test(said)) {
    return other(
      "Borg can't start ssh: there are too many processes",
      'See what runs: "ps aux". Or raise the limit: TasksMax= and LimitNPROC= of the service ' +
        "(systemctl edit), or ulimit -u",
    );
  }
  const ofMsgpack = /^.*\bsupported version of the msgpack\b.*$/m.exec(text)?.[0];
  if (ofMsgpack !== undefined) {
    return other(
      `Borg can't start: ${ofMsgpack}`,
      "Install Borg and its msgpack from one source, such as the package of this distribution: they do not fit " +
        "together",
    );
  }
  if (/failed to map segment|Error loading Python lib|create temporary directory/.test(text)) {
    return other(
      `Borg can't start: ${said}`,
      "It unpacks itself into a temporary directory that is full or mounted with noexec: free some " +
        "space, or set TMPDIR to another directory where autoborg is started",
    );
  }
  if (/GLIBC_[\d.]+. not found/.test(text)) {
    return other(
      `Borg can't start: ${said}`,
      "It is made for another system: install the package of this distribution, or the program that " +
        "fits this version of glibc",
    );
  }
  if (/^FileNotFoundError\b/.test(said) && AT_SSH.test(text)) {
    return other(
      `ssh can't be started: ${said}`,
      `Install it: "${installCommand("openssh-client")}", or add the directory of ssh to PATH`,
    );
  }
  if (/^ValueError\b/.test(said) && AT_PASSCOMMAND.test(text)) {
    return other(
      `the passphrase_command can't be read: ${said}`,
      `Correct the quotation marks of passphrase_command in [[repositories]] "${label}": Borg splits ` +
        "it into words as a shell would, and uses no shell",
    );
  }
  const [directory = ""] = NO_DIRECTORY.exec(text.trim()) ?? [];
  if (directory !== "") {
    return other(
      `Borg cannot create its directory: ${directory.replace(/^Error: /, "")}`,
      "Borg keeps its cache, keys and settings below HOME, or where BORG_BASE_DIR and BORG_CACHE_DIR " +
        "say: each part of that path must be a directory, and the last one is created",
    );
  }
  return undefined;
}
