/** What `--help` prints. Pure. @module */
import type { Command, RouteMap } from "@stricli/core";
import { wrapped } from "../../text/wrap.ts";
import type { CliContext } from "../context.ts";
import { type Flag, usageOf, type Verb, verbOf, verbsOf } from "./verb_tree.ts";

/** What precedes an explanation, and the explanation. */
type Row = readonly [term: string, text: string];

/** Commands that are named alone in the overview, which fits on one screen of 24 lines. */
const SELDOM: readonly string[] = [
  "borg",
  "completions",
  "migrate",
  "recover",
  "schema",
  "test-notify",
  "umount",
];

/** What a screen shows at least, also when nobody knows how wide it is. */
const NARROW = 80;

/** Makes the help of a verb, or of the whole program. */
export function helpOf(
  target: Command<CliContext> | RouteMap<CliContext>,
  name: string,
  width: number,
): string {
  const lines = "parameters" in target
    ? helpOfVerb(verbOf(name, target), target.fullDescription ?? target.brief, width)
    : overview(target, Math.min(width, NARROW));
  return `${lines.join("\n")}\n`;
}

function overview(routes: RouteMap<CliContext>, width: number): string[] {
  const verbs = verbsOf(routes);
  const often = verbs.filter(({ name }) => !SELDOM.includes(name));
  const seldom = verbs.filter(({ name }) => SELDOM.includes(name)).map(({ name }) => name);
  return [
    "USAGE: autoborg COMMAND [OPTION]... [ARGUMENT]...",
    ...wrapped(routes.brief, width),
    "",
    ...table([
      ...often.map(({ name, brief }): Row => [name, brief]),
      ["and", seldom.toSorted().join(", ")],
    ], width),
    "",
    ...wrapped(
      "A command, with examples: autoborg COMMAND --help. All: autoborg help --man. " +
        "Guides: autoborg help --guide. Version: autoborg --version",
      width,
    ),
  ];
}

function helpOfVerb(verb: Verb, description: string, width: number): string[] {
  const name = `  autoborg ${verb.name}`;
  const flags = verb.flags.map((flag): Row => [termOf(flag), explanationOf(flag)]);
  const words = verb.arguments.map(({ value, brief }): Row => [value, brief]);
  return [
    "USAGE",
    ...folded(name, usageOf(verb), width),
    "",
    ...description.split("\n").flatMap((line) => wrapped(line, width)),
    ...(words.length === 0 ? [] : ["", "ARGUMENTS", ...table(words, width)]),
    "",
    "OPTIONS",
    ...table([...flags, ["-h, --help", "Print this help"]], width),
  ];
}

/** A flag as a list shows it, such as `--skip STEP,...`. */
export function termOf({ name: long, short, negated, value, separator, repeatable }: Flag): string {
  if (negated !== undefined) return `${long}, ${negated}`;
  const name = short === undefined ? long : `${short}, ${long}`;
  if (value === undefined) return name;
  return `${name} ${value}${separator === undefined ? repeatable ? "..." : "" : `${separator}...`}`;
}

function explanationOf({ brief, choices, default: preset }: Flag): string {
  const facts = [
    ...(choices.length === 0 ? [] : [choices.join(", ")]),
    ...(preset === undefined ? [] : [`default: ${preset}`]),
  ];
  return facts.length === 0 ? brief : `${brief} (${facts.join("; ")})`;
}

/** Explanations beside each other, behind the longest term. */
function table(rows: readonly Row[], width: number): string[] {
  const indent = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows.flatMap(([term, text]) => {
    const lines = wrapped(text, Math.max(20, width - indent));
    return lines.map((line, index) => (index === 0 ? `  ${term}` : "").padEnd(indent) + line);
  });
}

/** Groups that stay whole, in lines that begin below the first one. */
function folded(start: string, groups: readonly string[], width: number): string[] {
  const lines = [start];
  for (const group of groups) {
    const longer = `${lines.at(-1)} ${group}`;
    if (longer.length <= width || lines.at(-1) === start) lines[lines.length - 1] = longer;
    else lines.push(`${" ".repeat(start.length)} ${group}`);
  }
  return lines;
}
