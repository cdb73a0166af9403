/**
 * Reads a command line as people type it, and writes it as the command tree expects it: options
 * stand behind the command, and every name is the one that the help shows. Pure.
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../text/nearest.ts";
import { sharedFlags } from "./shared_flags.ts";
import type { Flag, Verb } from "../help/verb_tree.ts";
import { COMMAND_SYNONYMS, commandAdvice, optionName } from "./synonyms.ts";
import { flagNamed, HELP, nameOf, unknownOption } from "./unknown_option.ts";
import { requirePlainDashes } from "./typographic_dash.ts";
import { withHelpHint } from "./usage_error.ts";

/** A command line that the command tree can read. */
export interface CommandLine {
  /** Absent: no command was given, or only help for all of them. */
  readonly verb: Verb | undefined;
  /** The name of the command, its options, its arguments. */
  readonly words: readonly string[];
  /** How many of the words, the last ones, are arguments; absent when help is asked for. */
  readonly given?: number;
}

/**
 * Reads a command line.
 *
 * @throws {UsageError} when a command or an option is not known, or an option lacks its value
 */
export function readCommandLine(verbs: readonly Verb[], args: readonly string[]): CommandLine {
  requirePlainDashes(verbs, args);
  const { before, name, after } = splitAtCommand(verbs, args);
  if (name === undefined) {
    const common = { flags: sharedFlags(verbs) };
    const unknown = before.filter((word) => word.startsWith("-")).map(nameOf)
      .find((option) => option !== HELP && flagNamed(common, option) === undefined);
    if (unknown !== undefined && !before.some((word) => nameOf(word) === HELP)) {
      throw withoutCommand(unknown, verbs);
    }
    const taken = before.at(-1) ?? "";
    if (verbs.some((verb) => verb.name === taken)) {
      throw new UsageError(
        `The option ${before.at(-2)} needs a value before the command "${taken}"`,
        { hint: "autoborg --help" },
      );
    }
    if (before.length > 0 && !before.some((word) => nameOf(word) === HELP)) {
      throw withoutVerb(verbs, taken);
    }
    return { verb: undefined, words: [HELP] };
  }
  if (name === "help") {
    const [command = "help"] = after.filter((word) => !word.startsWith("-"));
    if (command === "help") return { verb: undefined, words: [HELP] };
    const verb = verbNamed(verbs, command);
    return { verb, words: [verb.name, HELP] };
  }
  const verb = verbBehind(verbs, before, [name, ...after]);
  if (verb.arguments.length === 0 && after.length === 1 && after[0] === "help") {
    return { verb, words: [verb.name, HELP] };
  }
  try {
    const read = readOptions(verb, [...before, ...after]);
    if (read === undefined) return { verb, words: [verb.name, HELP] };
    const { options, rest } = read;
    return { verb, words: [verb.name, ...options, ...rest], given: rest.length };
  } catch (error) {
    throw withHelpHint(error, verb);
  }
}

/** The configuration that a command line names, whatever else is wrong with it. */
export function configIn(args: readonly string[]): { readonly config?: string } {
  const end = args.indexOf("--");
  const words = end === -1 ? args : args.slice(0, end);
  const at = words.findIndex((word) => nameOf(word) === "--config");
  const word = words[at];
  if (word === undefined) return {};
  const config = word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[at + 1];
  return config === undefined || config === "" ? {} : { config };
}

/** Only options were given, and they mean nothing without a command. */
function withoutVerb(verbs: readonly Verb[], last: string): UsageError {
  const flag = flagNamed({ flags: sharedFlags(verbs) }, nameOf(last));
  const hint = "autoborg --help";
  return flag?.value === undefined || last.includes("=")
    ? new UsageError("Missing command after the options", { hint })
    : new UsageError(`The option ${flag.name} needs a value: ${flag.value}`, { hint });
}

/** Splits a command line at its command; the value of an option before it is no command. */
export function splitAtCommand(verbs: readonly Verb[], args: readonly string[]): {
  readonly before: readonly string[];
  readonly name: string | undefined;
  readonly after: readonly string[];
} {
  const takesValue = (word: string) =>
    verbs.some(({ flags }) =>
      flags.some(({ name, value }) => value !== undefined && name === optionName(word))
    );
  let at = 0;
  while (at < args.length && args[at]?.startsWith("-")) at += takesValue(args[at] ?? "") ? 2 : 1;
  return { before: args.slice(0, at), name: args[at], after: args.slice(at + 1) };
}

/**
 * The command behind the options that stand before it. What follows an option that does not exist
 * may be its value: then it is the option that is mistyped.
 */
function verbBehind(
  verbs: readonly Verb[],
  before: readonly string[],
  [typed = "", ...words]: readonly string[],
): Verb {
  const last = before.at(-1) ?? "";
  const isOptionOfAny = nameOf(last) === HELP ||
    verbs.some((verb) => flagNamed(verb, nameOf(last)) !== undefined);
  if (!last.startsWith("-") || isOptionOfAny || findVerb(verbs, typed) !== undefined) {
    return verbNamed(verbs, typed);
  }
  throw unknownOption(last, findVerb(verbs, words[0] ?? "") ?? { flags: sharedFlags(verbs) });
}

function findVerb(verbs: readonly Verb[], typed: string): Verb | undefined {
  const name = COMMAND_SYNONYMS.get(typed) ?? typed;
  return verbs.find((one) => one.name === name);
}

function verbNamed(verbs: readonly Verb[], typed: string): Verb {
  const verb = findVerb(verbs, typed);
  if (verb !== undefined) return verb;
  const advice = commandAdvice(typed);
  // Alone it is accepted.
  if (typed === "version") {
    throw new UsageError(
      '"version" takes no arguments',
      advice === undefined ? {} : { hint: advice },
    );
  }
  const names = verbs.map((one) => one.name);
  const near = names.filter((one) => typed.length > 1 && one.startsWith(typed));
  const meant = near.length === 1 ? near[0] : nearest(typed, names);
  const all = "autoborg --help";
  throw new UsageError(`There is no command "${typed}"`, {
    hint: advice ??
      (meant === undefined ? all : `Did you mean "autoborg ${meant}"? All commands: ${all}`),
  });
}

/** The options of a command, and its arguments; `undefined`: help is asked for. */
function readOptions(verb: Verb, words: readonly string[]): {
  readonly options: readonly string[];
  readonly rest: readonly string[];
} | undefined {
  const switches = new Map<Flag, string>();
  const values: { readonly flag: Flag; readonly value: string }[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") {
      rest.push(...words.slice(at));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      // What follows the label is for Borg, also without "--".
      const [first] = verb.arguments;
      if (rest.length === 1 && first?.value.includes(" -- ") === true) {
        rest.push("--", ...words.slice(at));
        break;
      }
      rest.push(word);
      continue;
    }
    const name = nameOf(word);
    if (name === HELP) return undefined;
    const last = flagNamed(verb, "--last");
    const [, count] = /^-n?(\d+)$/.exec(last === undefined ? "" : word) ?? [];
    if (last !== undefined && count !== undefined) {
      values.push({ flag: last, value: count });
      continue;
    }
    // As in tail and journalctl, where there is nothing to try out.
    const flag = flagNamed(verb, name) ?? (word === "-n" ? last : undefined);
    if (flag === undefined) throw unknownOption(word, verb, words[at + 1]);
    const equals = word.indexOf("=");
    const inline = equals === -1 ? undefined : word.slice(equals + 1);
    if (flag.value === undefined) {
      if (inline !== undefined) {
        const off = flag.negated === undefined ? {} : { hint: `To turn it off: ${flag.negated}` };
        throw new UsageError(`The option ${name} takes no value`, off);
      }
      switches.set(flag, name);
    } else {
      const next = words[at + 1];
      const value = inline ?? (next !== undefined && !isOption(verb, next) ? next : undefined);
      if (inline === undefined) at += 1;
      values.push({ flag, value: checkedValue(flag, flag.value, value, values) });
    }
  }
  const options = [
    ...switches.values(),
    ...values.flatMap(({ flag: { name }, value }) =>
      value.startsWith("-") ? [`${name}=${value}`] : [name, value]
    ),
  ];
  return { options, rest };
}

function checkedValue(
  flag: Flag,
  expected: string,
  value: string | undefined,
  given: readonly { readonly flag: Flag; readonly value: string }[],
): string {
  const { name, repeatable } = flag;
  if (value === undefined) throw new UsageError(`The option ${name} needs a value: ${expected}`);
  // The variable of a script that is not set.
  if (value === "") {
    throw new UsageError(`The option ${name} has an empty value: expected ${expected}`);
  }
  const earlier = given.find((one) => one.flag === flag);
  if (earlier === undefined || repeatable) return value;
  throw new UsageError(`The option ${name} is given twice: "${earlier.value}" and "${value}"`);
}

function isOption(verb: Verb, word: string): boolean {
  const name = nameOf(word);
  return name === "--" || name === HELP || flagNamed(verb, name) !== undefined;
}

function withoutCommand(name: string, verbs: readonly Verb[]): UsageError {
  const having = verbs.filter((verb) => flagNamed(verb, name) !== undefined)
    .map((verb) => `autoborg ${verb.name} ${name}`);
  const meant = nearest(name, ["--version", HELP, "--config"]);
  const hint = having.length > 0
    ? `Such as: ${having.join(", ")}`
    : meant === undefined
    ? "autoborg --help"
    : `Did you mean ${meant}? All commands: autoborg --help`;
  return new UsageError(`Without a command there is no option ${name}`, { hint });
}
