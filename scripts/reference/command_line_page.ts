import { routes } from "../../lib/cli/command_tree.ts";
import { EXAMPLES } from "../../lib/cli/help/examples.ts";
import { termOf } from "../../lib/cli/help/help.ts";
import { type Flag, usageOf, type Verb, verbsOf } from "../../lib/cli/help/verb_tree.ts";
import { markdownTable } from "./markdown.ts";
import { ownFlags, sharedFlags } from "../../lib/cli/options/shared_flags.ts";
import { ENVIRONMENT, EXIT_CODES } from "../../lib/cli/manual/reference_lists.ts";

/**
 * The page about the command line.
 *
 * @returns Markdown that is not formatted yet
 */
export function commandLinePage(): string {
  const verbs = verbsOf(routes);
  return [
    "# The command line",
    "",
    "`deno task reference` writes this page. `autoborg COMMAND --help` shows the same.",
    "",
    verbs.map(({ name, brief }) => `- [${name}](#${name}): ${uncapitalised(brief)}`).join("\n"),
    "",
    "## Everywhere",
    "",
    markdownTable(["option", "meaning", "default"], [
      ...sharedFlags(verbs).map(flagRow),
      ["`-h`, `--help`", "Print help; before a command: of all of them", ""],
      [
        "`help --man`",
        "Print the manual page, also of one command or of `autoborg.toml`: " +
        "`autoborg help --man run \\| man -l -`",
        "",
      ],
      ["`help --guide`", "List the guides that the program contains, or print the one named", ""],
      ["`-V`, `--version`", "Print the version; without a command", ""],
    ]),
    "",
    "These may also stand before the command. A value follows a space or an equals sign: `--repo disk`,",
    "`--repo=disk`. After `--` nothing is an option. What programs read goes to standard output, messages go to standard error.",
    "",
    ...verbs.flatMap(section),
    "## Exit codes",
    "",
    markdownTable(["code", "meaning"], EXIT_CODES.map(({ name, meaning }) => [name, meaning])),
    "",
    "[What they mean in each command](exit-codes.md).",
    "",
    "## Environment",
    "",
    markdownTable(
      ["variable", "meaning"],
      ENVIRONMENT.map(({ name, meaning }) => [code(name.split(", ")), meaning]),
    ),
    "",
    "No other variable is read.",
    "",
  ].join("\n");
}

function section(verb: Verb): string[] {
  const own = ownFlags(verb);
  const examples = Object.entries(EXAMPLES).find(([name]) => name === verb.name)?.[1] ?? [];
  const without = verb.flags.length === 0 ? ["It reads no configuration.", ""] : [];
  return [
    `## ${verb.name}`,
    "",
    `${verb.brief}.`,
    "",
    "```text",
    wrapped(`autoborg ${verb.name}`, usageOf(verb)),
    "```",
    "",
    ...without,
    ...(verb.arguments.length === 0 ? [] : [
      markdownTable(
        ["argument", "meaning"],
        verb.arguments.map(({ value, brief }) => [code([value]), brief]),
      ),
      "",
    ]),
    ...(own.length === 0
      ? []
      : [markdownTable(["option", "meaning", "default"], own.map(flagRow)), ""]),
    "```sh",
    ...examples.flatMap(([command, meaning]) => [`# ${meaning}`, command]),
    "```",
    "",
  ];
}

function flagRow(flag: Flag): string[] {
  const { name, negated, choices, brief, default: preset } = flag;
  const term = negated === undefined ? code(termOf(flag).split(", ")) : code([name, negated]);
  const values = choices.length === 0 ? "" : `: ${code(choices)}`;
  const shown = preset === undefined ? "" : preset === "on" ? "on" : code([preset]);
  return [term, `${brief}${values}`, shown];
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

function uncapitalised(phrase: string): string {
  return phrase.charAt(0).toLowerCase() + phrase.slice(1);
}

/** The usage in lines of at most 100 characters. */
function wrapped(start: string, groups: readonly string[]): string {
  const lines = [start];
  for (const group of groups) {
    const line = `${lines.at(-1)} ${group}`;
    if (line.length <= 100) lines[lines.length - 1] = line;
    else lines.push(`  ${group}`);
  }
  return lines.join("\n");
}
