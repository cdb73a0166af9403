/** What to use instead of an option that a command does not have. Pure. @module */
import { ownCommand } from "../../text/own_command.ts";
import { commandLine } from "../../text/printable.ts";
import { adviceOfVerb } from "./verb_option_advice.ts";

interface TypedOption {
  readonly verb?: string | undefined;
  /** The names of the options that there are. */
  readonly options?: readonly string[];
  readonly value?: string | undefined;
}

/** What to use instead of an option of another program that has no like here. */
export function optionAdvice(
  typed: string,
  { verb, value, options = [] }: TypedOption = {},
): string | undefined {
  const own = adviceOfVerb(typed, verb, value);
  if (own !== undefined) return own;
  const hasProgress = options.includes("--progress");
  switch (typed) {
    case "-C":
      return "Did you mean --config?";
    case "--force":
    case "-f":
      return forceAdvice(verb);
    case "--archive":
    case "-a":
      if (verb === "list") return `Without an option: ${ownCommand("list", value ?? "latest")}`;
      if (verb === "find") {
        return "It searches all archives; to search only the newest ones: --last N";
      }
      return options.includes("--archive") ? "To select an archive: --archive NAME" : undefined;
    case "--passphrase":
    case "--password":
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
    case "-vv":
    case "-vvv":
    case "--verbose":
    case "--info":
    case "--verbosity":
    case "--debug":
      return hasProgress ? "To see each step on its own line: --progress plain" : undefined;
    case "-q":
    case "--quiet":
      return hasProgress ? "To see no progress: --progress none" : undefined;
    case "-r":
    case "--repo":
    case "--repository":
      return options.includes("--repo")
        ? "To select a repository: --repo LABEL"
        : verb === "status" || verb === "recover"
        ? `"${verb}" always covers all repositories`
        : undefined;
    case "--only":
      return options.includes("--repo")
        ? "To select a repository: --repo LABEL" +
          (options.includes("--skip") ? "; to leave out steps: --skip STEP" : "")
        : undefined;
    case "--from":
      return !options.includes("--repo")
        ? undefined
        : "To select a repository: --repo LABEL; an archive: --archive NAME";
    case "--since":
    case "--until":
      return options.includes("--last") ? "To see the newest ones: --last N" : undefined;
    case "--date":
    case "--time":
    case "--as-of":
      return options.includes("--at") ? "To select a point in time: --at TIME" : undefined;
    case "-d":
    case "--test":
    case "--simulate":
    case "--pretend":
      return options.includes("--dry-run")
        ? "To see what it would do, and change nothing: --dry-run"
        : undefined;
    case "--name":
    case "-name":
      return "Names and patterns are given without an option";
    case "--out":
    case "--output":
    case "-o":
      return "It goes to standard output: put > FILE after the command";
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
  const [, step] = /^--(?:no|skip)-(dump|verify|verify-dumps|check|prune|compact)$/.exec(typed) ??
    [];
  if (step !== undefined && options.includes("--skip")) return `To leave it out: --skip ${step}`;
  return typed.startsWith("--keep") ? "What prune keeps is set in [retention]" : undefined;
}

/** What comes nearest to force, where anything does. */
function forceAdvice(verb: string | undefined): string | undefined {
  switch (verb) {
    case "init":
      return "A repository that exists is never replaced. Where one is missing that had archives, " +
        "look first where it is; for an empty one all the same: --anew";
    case "restore":
    case "setup":
    case "systemd":
      return "To replace files that exist: --overwrite";
    case "run":
      return "Nothing can be forced; the report of a run says what it refused, and what to do about it";
    case "umount":
      return `To see who uses the directory: ${commandLine(["fuser", "-vm", "DIRECTORY"])}`;
  }
  return undefined;
}
