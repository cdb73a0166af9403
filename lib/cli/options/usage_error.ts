/** Says what is wrong with a command line, in the words of this program. Pure. @module */
import { ArgumentParseError, EnumValidationError, UnexpectedPositionalError } from "@stricli/core";
import { AppError, ExitCode, UsageError } from "../../errors.ts";
import { nearest } from "../../text/nearest.ts";
import { commandLine } from "../../text/printable.ts";
import { ownCommand } from "../../text/own_command.ts";
import type { Verb } from "../help/verb_tree.ts";

/**
 * Translates an error of the library that reads arguments; any other error stays what it is.
 *
 * @param verb the command that the arguments are for
 * @param words the command line, arguments last
 */
export function usageError(thrown: unknown, verb: Verb, words: readonly string[] = []): unknown {
  if (thrown instanceof ArgumentParseError) {
    const { externalFlagNameOrPlaceholder: name, input, exception } = thrown;
    const { message } = exception instanceof Error ? exception : { message: String(exception) };
    return new UsageError(`Cannot read "${input}"${ofOption(name, verb)}: ${message}`);
  }
  if (thrown instanceof EnumValidationError) {
    const { externalFlagName, input, values } = thrown;
    const [last, ...others] = values.toReversed();
    const expected = [others.toReversed().join(", "), last].join(" or ");
    const near = nearest(input, values);
    const nothing = verb.name === "run" && input === "all"
      ? { hint: `To see what a run would do: ${ownCommand("run", "--dry-run")}` }
      : near === undefined
      ? {}
      : { hint: `Did you mean "${near}"? All options: autoborg ${verb.name} --help` };
    return new UsageError(
      `Cannot read "${input}"${ofOption(externalFlagName, verb)}: expected ${expected}`,
      nothing,
    );
  }
  if (thrown instanceof UnexpectedPositionalError) {
    const { expectedCount, input } = thrown;
    const takes = expectedCount === 0 ? "no arguments" : `at most ${countOf(expectedCount)}`;
    const advice = adviceFor(input, verb, words);
    return new UsageError(
      `Unexpected argument "${input}": "${verb.name}" takes ${takes}`,
      advice === undefined ? {} : { hint: `${advice}. All options: autoborg ${verb.name} --help` },
    );
  }
  return thrown;
}

/** Adds where the command is described, unless something better is said already. */
export function withHelpHint(thrown: unknown, verb: Verb | undefined): unknown {
  if (!(thrown instanceof AppError)) return thrown;
  if (thrown.exitCode !== ExitCode.usage || thrown.hint !== undefined) return thrown;
  const hint = verb === undefined ? "autoborg --help" : `autoborg ${verb.name} --help`;
  return new UsageError(thrown.message, { hint, cause: thrown });
}

function ofOption(name: string, { flags }: Verb): string {
  return flags.some((flag) => flag.name === `--${name}`) ? ` as the value of --${name}` : "";
}

/** What an argument may have been meant as, where a verb takes none. */
function adviceFor(
  input: string,
  { name, flags }: Verb,
  words: readonly string[],
): string | undefined {
  const has = (option: string) => flags.some((flag) => flag.name === option);
  if (input.startsWith("-") && has(input)) {
    return `Without the "--" before it: ${ownCommand(name, input)}`;
  }
  if (name === "mount") {
    const [directory = "", archive = "", label = ""] = words.toReversed();
    return `To mount one archive: ${ownCommand(name, "--archive", archive, label, directory)}`;
  }
  if (input.endsWith(".toml") && has("--config")) {
    return `To use another configuration: ${commandLine(["autoborg", name, "--config", input])}`;
  }
  if (name === "accept") {
    const label = words[words.indexOf(input) - 1] ?? "LABEL";
    return `To record a reason: ${ownCommand("accept", label, "--reason", input)}`;
  }
  if (name === "systemd") {
    return `To install the timer: ${ownCommand("systemd", "--write", "/etc/systemd/system")}`;
  }
  if (name === "init" && /[/:]/.test(input)) {
    return "The location of a repository is set in the configuration: url in [[repositories]]";
  }
  if (name === "setup" && input.includes("/")) {
    return `For a directory: ${ownCommand("setup", "--directory", input)}`;
  }
  if (name === "verify" && (input === "latest" || /-\d{4}-\d\d-\d\d/.test(input))) {
    return `To select an archive: ${ownCommand("verify", "--archive", input)}`;
  }
  if (name === "status" && /^[\w.-]+$/.test(input)) return "It always shows all repositories";
  if (name === "run" && input.includes("/")) {
    return "What is backed up is set in the configuration: directories in [sources]";
  }
  if (name === "find") {
    return `One pattern at a time; a glob needs quotes: ${ownCommand("find", "*.conf")}`;
  }
  if (/^\d+$/.test(input) && has("--last")) {
    return `To see the last ${input}: ${ownCommand(name, "--last", input)}`;
  }
  if (name === "run" && input === "now") return `It starts at once: ${ownCommand("run")}`;
  if (name === "run" && input === "all") {
    return `It backs up to all repositories: ${ownCommand("run")}`;
  }
  const list = flags.find(({ choices, separator }) =>
    separator !== undefined && choices.includes(input)
  );
  if (list !== undefined) return `Several values in one word: ${list.name} A${list.separator}B`;
  if (/^[\w.-]+$/.test(input) && has("--repo")) {
    const before = words.filter((_, at) => words[at - 1] === "--repo");
    const all = [...before, input].flatMap((label) => ["--repo", label]);
    return `To select ${before.length > 0 ? "several repositories" : "a repository"}: ${
      ownCommand(name, ...all)
    }`;
  }
  return undefined;
}

function countOf(count: number): string {
  return count === 1 ? "one argument" : `${count} arguments`;
}
