/**
 * The command tree as plain data: what help, completion, the manual page and the reference say about
 * the verbs comes from here. Pure.
 * @module
 */
import type { Command, RouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";

/** A flag of a verb. */
export interface Flag {
  /** As it is typed: `--dry-run`. */
  readonly name: string;
  /** Its short form: `-n`. */
  readonly short?: string;
  /** What turns off a flag that is on by default: `--no-color`. */
  readonly negated?: string;
  /** What stands for its value, in capitals; a flag without one is a switch. */
  readonly value?: string;
  /** The only values that it takes; none: any. */
  readonly choices: readonly string[];
  /** What is between several values in one word. */
  readonly separator?: string;
  /** Whether it may be given several times. */
  readonly repeatable: boolean;
  /** Its value when it is not given. A switch has one only if it is on. */
  readonly default?: string;
  /** What it does, as a phrase without a full stop. */
  readonly brief: string;
}

/** A word of a verb that is no flag. */
export interface Argument {
  /** What stands for it, in capitals. */
  readonly value: string;
  readonly optional: boolean;
  /** Whether any number of them may follow. */
  readonly repeatable: boolean;
  /** What it is, as a phrase without a full stop. */
  readonly brief: string;
}

/** A verb. */
export interface Verb {
  /** As it is typed: `check-config`. */
  readonly name: string;
  /** What it does, as a phrase without a full stop. */
  readonly brief: string;
  readonly flags: readonly Flag[];
  readonly arguments: readonly Argument[];
}

/** The short forms of options. */
export const SHORT_OPTIONS: Readonly<Record<string, string>> = {
  "--config": "-c",
  "--dry-run": "-n",
};

type VerbCommand = Command<CliContext>;
type Parameters = VerbCommand["parameters"];
type FlagParameter = NonNullable<Parameters["flags"]>[string];

/** Lists the verbs. */
export function verbsOf(routes: RouteMap<CliContext>): readonly Verb[] {
  return routes.getAllEntries().flatMap(({ name, target, hidden }) =>
    hidden || !("parameters" in target) ? [] : [verbOf(name["convert-camel-to-kebab"], target)]
  );
}

/** Describes a verb. */
export function verbOf(name: string, command: VerbCommand): Verb {
  const { flags = {} } = command.parameters;
  return {
    name,
    brief: command.brief,
    flags: Object.entries(flags).filter(([, { hidden }]) => hidden !== true).map(flagOf),
    arguments: argumentsOf(command.parameters.positional),
  };
}

function flagOf([camelCase, parameter]: readonly [string, FlagParameter]): Flag {
  const name = camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const { kind, brief } = parameter;
  const short = SHORT_OPTIONS[`--${name}`];
  const flag = {
    name: `--${name}`,
    ...(short === undefined ? {} : { short }),
    brief,
    repeatable: kind === "counter",
    choices: [],
  };
  if (kind === "counter") return flag;
  if (kind === "boolean") {
    const negated = parameter.withNegated === false ? {} : { negated: `--no-${name}` };
    return { ...flag, ...negated, ...(parameter.default === true ? { default: "on" } : {}) };
  }
  const { placeholder, default: preset, variadic } = parameter;
  const choices = kind === "enum" ? parameter.values : [];
  const separator = typeof variadic === "string" ? variadic : undefined;
  return {
    ...flag,
    value: placeholder ?? (choices.join("|") || "VALUE"),
    choices,
    repeatable: variadic !== undefined && variadic !== false,
    ...(separator === undefined ? {} : { separator }),
    ...(preset === undefined ? {} : { default: [preset].flat().join(separator ?? " ") }),
  };
}

function argumentsOf(positional: Parameters["positional"]): Argument[] {
  if (positional === undefined) return [];
  const [parameters, repeatable] = positional.kind === "array"
    ? [[positional.parameter], true]
    : [positional.parameters, false];
  return parameters.map(({ placeholder = "argument", optional = false, brief }) => ({
    // A choice is typed as it stands, and what has capitals already shows what it is.
    value: /[A-Z|]/.test(placeholder) ? placeholder : placeholder.toUpperCase(),
    optional,
    repeatable,
    brief,
  }));
}

/** What may follow a verb's name: a word or a group in brackets for each flag and argument. */
export function usageOf(verb: Verb): readonly string[] {
  const flags = verb.flags.map((flag) => {
    const { value, separator, repeatable } = flag;
    const name = flag.default === "on" ? flag.negated ?? flag.name : flag.name;
    if (separator !== undefined) return `[${name} ${value}${separator}...]`;
    return `[${name}${value === undefined ? "" : ` ${value}`}]${repeatable ? "..." : ""}`;
  });
  const words = verb.arguments.map(({ value, optional, repeatable }) =>
    `${optional ? `[${value}]` : value}${repeatable ? "..." : ""}`
  );
  return [...flags, ...words];
}
