/**
 * What people type who know restic, Borg or borgmatic: what means the same is accepted, and for
 * everything else there is an answer. Pure.
 * @module
 */
import { SHORT_OPTIONS } from "../help/verb_tree.ts";
import { borgCommand, ownCommand } from "../../text/own_command.ts";

/** Commands of other programs that mean one of ours. */
export const COMMAND_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ["backup", "run"],
  ["create", "run"],
  ["repo-create", "init"],
  ["rcreate", "init"],
  ["snapshots", "list"],
  ["archives", "list"],
  ["ls", "list"],
  ["repo-list", "list"],
  ["rlist", "list"],
  ["search", "find"],
  ["extract", "restore"],
  ["unmount", "umount"],
  ["validate", "check-config"],
  ["completion", "completions"],
]);

/** Options of other programs that mean one of ours. */
const OPTION_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SHORT_OPTIONS).map(([long, short]) => [short, long] as const),
  ["-h", "--help"],
  ["--target", "--to"],
  ["--destination", "--to"],
  ["--repository", "--repo"],
  ["--snapshot", "--archive"],
  ["--colour", "--color"],
  ["--no-colour", "--no-color"],
]);

/** The name that an option has here. */
export function optionName(typed: string): string {
  return OPTION_SYNONYMS.get(typed) ?? typed;
}

/** Commands of Borg that are started through `autoborg borg`. */
const BORG_COMMANDS: ReadonlySet<string> = new Set([
  ...["benchmark", "config", "debug", "export-tar", "import-tar", "rename", "serve"],
  ...["upgrade", "with-lock", "recreate", "transfer"],
]);

/** What to use instead of a command of another program that has no like here. */
export function commandAdvice(typed: string): string | undefined {
  switch (typed) {
    case "check":
      return `To check the backups: ${ownCommand("verify")}. ` +
        `To check the configuration: ${ownCommand("check-config")}`;
    case "config":
      return `To check the configuration: ${ownCommand("check-config")}. ` +
        `To print it: ${ownCommand("show-config")}`;
    case "prune":
    case "compact":
    case "forget":
      return `${ownCommand("run")} does it. ` +
        `To see what it would remove: ${ownCommand("list", "--retention")}`;
    case "info":
    case "stats":
    case "repo-info":
      return `To see how the backups are: ${ownCommand("status")}. ` +
        `What Borg knows of a repository: ${borgCommand("LABEL", "info")}`;
    case "diff":
      return `To compare two archives: ${borgCommand("LABEL", "diff", "::ARCHIVE", "ARCHIVE")}`;
    case "cat":
    case "dump":
      return `To restore a file: ${ownCommand("restore", "PATH", "--to", "DIR")}`;
    case "log":
    case "logs":
      return `To see the past runs: ${ownCommand("history")}`;
    case "probe":
    case "doctor":
      return `To test everything that a run needs: ${ownCommand("check-config", "--probe")}`;
    case "timer":
    case "schedule":
    case "cron":
    case "daemon":
    case "start":
    case "enable":
    case "install":
      return "To let systemd start a run every night: " +
        ownCommand("systemd", "--write", "/etc/systemd/system");
    case "delete":
      return `To delete one archive: ${borgCommand("LABEL", "delete", "::ARCHIVE")}. ` +
        "Without an archive Borg deletes the whole repository";
    case "break-lock":
    case "unlock":
      return "Check first that no Borg works on the repository, on any machine: one that is still " +
        `running loses its lock, and the repository can be damaged. Then: ${
          borgCommand("LABEL", "break-lock")
        }`;
    case "version":
      return "To print the version: autoborg --version";
    case "man":
      return "To read the manual page: autoborg help --man | man -l -";
    case "guide":
    case "guides":
    case "docs":
      return "To list the guides: autoborg help --guide";
  }
  return BORG_COMMANDS.has(typed)
    ? `Commands of Borg follow the label of a repository: ${borgCommand("LABEL", typed)}`
    : undefined;
}

/** Where an option was typed. */
interface TypedOption {
  readonly verb?: string | undefined;
  /** What may be its value. */
  readonly value?: string | undefined;
}

/** What to use instead of an option of another program that has no like here. */
export function optionAdvice(
  typed: string,
  { verb, value }: TypedOption = {},
): string | undefined {
  switch (typed) {
    case "-C":
      return "Did you mean --config?";
    case "--archive":
    case "-a":
      if (verb === "list") {
        return `Without an option: ${ownCommand("list", value ?? "latest")}`;
      }
      if (verb === "find") return "It searches all archives; only the newest N: --last N";
      return "To select an archive: --archive NAME";
    case "--passphrase":
    case "-p":
      return verb === "setup"
        ? "Passphrases are read from a file: --passphrase-file FILE"
        : "It is set in the configuration: passphrase_file in [[repositories]]";
    case "--source":
    case "--sources":
    case "-s":
      return verb === "setup"
        ? "For a directory: --directory DIR. For a ZFS dataset: --dataset NAME"
        : "What is backed up is set in the configuration: directories in [sources]";
    case "-v":
    case "--verbose":
    case "--info":
      return "To see each step on its own line: --progress plain";
    case "-q":
    case "--quiet":
      return "To see no progress: --progress none";
    case "-r":
      return "To select a repository: --repo LABEL";
    case "--verbosity":
    case "--debug":
      return "To see each step on its own line: --progress plain";
    case "--exclude":
    case "-e":
    case "--exclude-from":
    case "--exclude-file":
    case "-x":
    case "--one-file-system":
      return "What is excluded is set in the configuration: exclude in [sources]";
    case "--encryption":
    case "--compression":
    case "--remote-path":
      return "It is set in the configuration, for each of [[repositories]]";
    case "--tag":
    case "--comment":
      return "Archives have no tags; their names begin with the name in the configuration";
    case "--stats":
      return `Each run prints its figures; those of the archives: ${ownCommand("list")}`;
    case "--include":
    case "--path":
    case "-i":
      return "Paths are given without an option";
  }
  return typed.startsWith("--keep") ? "What prune keeps is set in [retention]" : undefined;
}
