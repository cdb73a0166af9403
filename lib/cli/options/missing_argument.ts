/** Says which arguments a command lacks, and what the whole command looks like. Pure. @module */
import { UsageError } from "../../errors.ts";
import { borgCommand, keyExportCommand, ownCommand } from "../../text/own_command.ts";
import type { Verb } from "../help/verb_tree.ts";

/** What is known of the configuration, as far as it can be read. */
export interface KnownNames {
  readonly labels: readonly string[];
  /** Archives that were in the repositories when a run looked last, newest first. */
  readonly archives: readonly string[];
  /** What is backed up. */
  readonly directories: readonly string[];
}

const MOUNT_POINT = "/mnt/archives";

/** A command, and what was given to it. */
interface Given {
  readonly verb: Verb;
  /** Without the one that names the configuration. */
  readonly options: readonly string[];
  readonly given: readonly string[];
}

/** How many arguments a command needs; what `restore` does without a path is said by an option. */
export function neededArguments(
  { name, arguments: all }: Verb,
  options: readonly string[],
): number {
  const isDatabase = options.some((option) => /^--database(?:=|$)/.test(option));
  if (name === "restore") return isDatabase ? 0 : 1;
  return all.filter(({ optional }) => !optional).length;
}

/**
 * Says what is missing, once for all arguments.
 *
 * @returns `undefined`: none is missing
 */
export function missingArguments(typed: Given, names: KnownNames): UsageError | undefined {
  const { verb, given, options } = typed;
  const missing = verb.arguments.slice(given.length, neededArguments(verb, options));
  if (missing.length === 0) return undefined;
  const hint = `For example: ${exampleFor(typed, names)}`;
  const [first = ""] = given;
  if (verb.name === "mount" && given.length > 0 && isNoLabel(first, names)) {
    const expected = names.labels.length === 0 ? "a label of [[repositories]]" : listOf(names);
    return new UsageError(
      first.includes("/")
        ? `Missing argument LABEL: the repository to mount at "${first}", ${expected}`
        : `Cannot mount "${first}": expected the label of a repository (${expected}), and a ` +
          "directory",
      { hint },
    );
  }
  const described = missing.map(({ value, brief }, at) => {
    const phrase = at === 0 ? brief : brief.charAt(0).toLowerCase() + brief.slice(1);
    return value === "LABEL" && names.labels.length > 0 ? `${phrase} (${listOf(names)})` : phrase;
  });
  const what = `Missing argument${missing.length === 1 ? "" : "s"} ` +
    missing.map(({ value }) => value).join(" and ");
  return new UsageError(`${what}: ${described.join("; ")}`, { hint });
}

function exampleFor(
  { verb: { name: verb }, options, given: [first = ""] }: Given,
  { labels, archives, directories }: KnownNames,
): string {
  const [label = "LABEL"] = labels;
  const [directory = "/etc"] = directories;
  const to = options.includes("--to") ? [] : ["--to", "/tmp/back"];
  switch (verb) {
    case "mount":
      if (labels.includes(first)) return ownCommand(verb, ...options, first, MOUNT_POINT);
      if (first.includes("/")) return ownCommand(verb, label, first);
      return first === "latest" || archives.includes(first)
        ? ownCommand(verb, "--archive", first, label, MOUNT_POINT)
        : ownCommand(verb, label, MOUNT_POINT);
    case "umount":
      return ownCommand(verb, MOUNT_POINT);
    case "accept":
      return ownCommand(verb, label);
    case "pin":
      return ownCommand(verb, ...options, "latest");
    case "key":
      return keyExportCommand();
    case "find":
      return ownCommand(verb, "*.conf");
    case "restore":
      return ownCommand(verb, ...options, directory, ...to);
    case "borg":
      return borgCommand(label, "info");
    case "migrate":
      return ownCommand(verb, "automated_borg_backup.py");
    case "completions":
      return ownCommand(verb, "bash");
  }
  return ownCommand(verb, "--help");
}

/** A word that can't be a label, or is none of those that are known. */
function isNoLabel(word: string, { labels }: KnownNames): boolean {
  return word.includes("/") || word === "latest" || labels.length > 0 && !labels.includes(word);
}

function listOf({ labels }: KnownNames): string {
  const quoted = labels.map((label) => `"${label}"`);
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((part) => part).join(" or ");
}
