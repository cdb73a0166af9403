/**
 * What people type who know restic, Borg or borgmatic: what means the same is accepted, and for
 * everything else there is an answer. Pure.
 * @module
 */
import { SHORT_OPTIONS } from "../help/verb_tree.ts";
import { commandLine } from "../../text/printable.ts";
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
        `To print it: ${ownCommand("show-config")}. To create one: ${ownCommand("setup")}`;
    case "generate":
    case "generate-config":
      return `To create a configuration: ${ownCommand("setup")}`;
    case "key-export":
    case "export-key":
      return `To export the keys: ${ownCommand("key", "export", "/root/keys")}`;
    case "test-mail":
    case "mail":
    case "notify":
      return `To send samples of what a run sends: ${ownCommand("test-notify")}`;
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
    case "health":
    case "alarm":
    case "alarms":
      return `To see how the backups are, and their alarms: ${ownCommand("status")}`;
    case "unpin":
      return `To let retention decide about it again: ${ownCommand("pin", "--remove", "ARCHIVE")}`;
    case "passwd":
    case "change-passphrase":
      return `To change the passphrase of a repository: ${
        borgCommand("LABEL", "key", "change-passphrase")
      }. Then write the new one where the old one was`;
    case "clean":
    case "cleanup":
    case "gc":
    case "purge":
      return `To clean up after a crashed run: ${ownCommand("recover")}. Old archives go by ` +
        "[retention], in each run";
    case "copy":
    case "sync":
      return `Each run writes to all repositories: ${ownCommand("run")}`;
    case "databases":
    case "dump":
    case "restore-db":
      return `Each run dumps what [[databases]] names. To restore a dump: ${
        ownCommand("restore", "--database", "LABEL/NAME", "--into", "NEWNAME")
      }`;
    case "autoborg":
    case "sudo":
      return `The command follows the name of the program: ${ownCommand("run")}`;
    case "diff":
      return `To compare two archives: ${borgCommand("LABEL", "diff", "::ARCHIVE", "ARCHIVE")}`;
    case "cat":
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
    case "remove":
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
    case "repo":
    case "repos":
    case "repositories":
      return `To see the repositories: ${ownCommand("status")}. Their archives: ${
        ownCommand("list")
      }`;
    case "edit":
      return "The configuration is a text file, for any editor. After a change: " +
        ownCommand("check-config");
    case "update":
    case "self-update":
    case "uninstall":
      return "Use the package manager (apt) if it was installed as a package; a program that was " +
        "copied to its place is a single file";
    case "man":
      return "To read the manual page: autoborg help --man | man -l -";
    case "guide":
    case "guides":
    case "docs":
      return "To list the guides: autoborg help --guide";
  }
  if (/^[\w-]+(?: [\w./-]+)+$/.test(typed)) return `Without the quotes: autoborg ${typed}`;
  if (typed.endsWith(".toml")) {
    return `A configuration is named by an option: ${
      commandLine(["autoborg", "check-config", "--config", typed])
    }`;
  }
  return BORG_COMMANDS.has(typed)
    ? `Commands of Borg follow the label of a repository: ${borgCommand("LABEL", typed)}`
    : undefined;
}
