import { routes } from "../command_tree.ts";
import { EXAMPLES, introduction } from "../help/examples.ts";
import { type Argument, type Flag, type Verb, verbsOf } from "../help/verb_tree.ts";
import { bold, head, italic, item, roff, verbatim } from "./roff.ts";
import { ownFlags, sharedFlags } from "../options/shared_flags.ts";
import { ENVIRONMENT, EXIT_CODES, FILES, type Named } from "./reference_lists.ts";

/** What a page of the manual can't know by itself. */
export interface Edition {
  readonly version: string;
  /** `2026-11-23`; empty when it is not known. */
  readonly date: string;
}

/** The page autoborg(1). */
export function commandManual(edition: Edition): string {
  const verbs = verbsOf(routes);
  return [
    ...head({
      name: "autoborg",
      section: 1,
      brief: "back up a Linux server with BorgBackup and ZFS, unattended",
      manual: "User Commands",
      ...edition,
    }),
    ".SH SYNOPSIS",
    `${bold("autoborg")} ${italic("COMMAND")} [${italic("OPTION")}]... [${italic("ARGUMENT")}]...`,
    ".SH DESCRIPTION",
    roff(
      "autoborg takes one point in time of directories and ZFS datasets, puts it into several " +
        "Borg repositories side by side, reads files back to prove it, checks, prunes and " +
        "compacts, and reports what happened.",
    ),
    ".PP",
    roff("Its configuration says what to back up, and where to; see") +
    ` ${bold("autoborg.toml")}(5).`,
    roff("Without a command it prints help."),
    ".PP",
    roff("autoborg help --man autoborg.toml prints the page of the configuration, ") +
    roff("autoborg help --guide the list of the guides."),
    ".SH OPTIONS",
    ...item(`${bold("-h")}, ${bold("--help")}`, roff("Print help, after a command: its help.")),
    ...item(`${bold("-V")}, ${bold("--version")}`, roff("Print the version.")),
    ".PP",
    roff(
      "The commands that read the configuration take these options, before or after the name of the command:",
    ),
    ...sharedFlags(verbs).flatMap(flagItem),
    ".SH COMMANDS",
    ...verbs.flatMap(section),
    ".SH FILES",
    ...named(FILES, italic),
    ".SH ENVIRONMENT",
    roff("Besides TZ, these environment variables are read, and no others:"),
    ...named(ENVIRONMENT, bold),
    ".SH EXIT STATUS",
    ...named(EXIT_CODES, bold),
    ".PP",
    `${bold("autoborg borg")} ${roff("ends with the exit status of Borg.")}`,
    ".SH SEE ALSO",
    ["autoborg.toml(5)", "borg(1)", "zfs(8)", "systemd.timer(5)"].map(reference).join(",\n"),
    "",
  ].join("\n");
}

/**
 * The page of one command, as autoborg(1) has it under COMMANDS.
 *
 * @returns `undefined` when there is no such command
 */
export function verbManual(name: string, edition: Edition): string | undefined {
  const verbs = verbsOf(routes);
  const verb = verbs.find((one) => one.name === name);
  if (verb === undefined) return undefined;
  const brief = verb.brief.charAt(0).toLowerCase() + verb.brief.slice(1);
  const common = sharedFlags(verbs).filter((flag) =>
    verb.flags.some((own) => own.name === flag.name)
  );
  return [
    ...head({ name: `autoborg-${name}`, section: 1, brief, manual: "User Commands", ...edition }),
    ".SH DESCRIPTION",
    ...section(verb).slice(1),
    ".SH OPTIONS OF ALL COMMANDS",
    ...common.flatMap(flagItem),
    ".SH SEE ALSO",
    ["autoborg(1)", "autoborg.toml(5)"].map(reference).join(",\n"),
    "",
  ].join("\n");
}

function section(verb: Verb): string[] {
  const examples = Object.entries(EXAMPLES).find(([name]) => name === verb.name)?.[1] ?? [];
  const usage = [...verb.flags.map(usageOfFlag), ...verb.arguments.map(usageOfArgument)];
  return [
    `.SS ${roff(verb.name)}`,
    [bold(`autoborg ${verb.name}`), ...usage].join("\n"),
    ".PP",
    roff(`${verb.brief}.`),
    ...verb.arguments.flatMap(({ value, brief }) => item(italic(value), roff(`${brief}.`))),
    ...ownFlags(verb).flatMap(flagItem),
    ...examples.flatMap((
      [command, meaning],
    ) => [".PP", roff(introduction(meaning)), ...verbatim([command])]),
  ];
}

function flagItem(flag: Flag): string[] {
  return item(termOfFlag(flag), roff(explained(flag)));
}

function usageOfFlag(flag: Flag): string {
  const { value, separator, repeatable } = flag;
  const name = bold(flag.default === "on" ? flag.negated ?? flag.name : flag.name);
  if (value === undefined) return `[${name}]`;
  if (separator !== undefined) return `[${name} ${italic(value)}${separator}...]`;
  return `[${name} ${italic(value)}]${repeatable ? "..." : ""}`;
}

function usageOfArgument({ value, optional, repeatable }: Argument): string {
  const shown = optional ? `[${italic(value)}]` : italic(value);
  return repeatable ? `${shown}...` : shown;
}

function termOfFlag({ name, short, negated, value, separator }: Flag): string {
  const term = [short, name, negated].flatMap((one) => one === undefined ? [] : [bold(one)])
    .join(", ");
  if (value === undefined) return term;
  return `${term} ${italic(value)}${separator === undefined ? "" : `${separator}...`}`;
}

function explained({ brief, choices, default: preset }: Flag): string {
  const values = choices.length === 0 ? "" : ` One of: ${choices.join(", ")}.`;
  return `${brief}.${values}${preset === undefined ? "" : ` Default: ${preset}.`}`;
}

function named(list: readonly Named[], style: (text: string) => string): string[] {
  return list.flatMap(({ name, meaning }) =>
    item(name.split(", ").map(style).join(", "), roff(meaning))
  );
}

function reference(page: string): string {
  const [name = "", section = ""] = page.split("(");
  return `${bold(name)}(${section}`;
}
