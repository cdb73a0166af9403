import { type Key, type Table, tablesOf } from "../../lib/cli/manual/configuration_keys.ts";
import { markdownTable } from "./markdown.ts";

/**
 * The page about the configuration.
 *
 * @param example the content of `config.example.toml`
 * @returns Markdown that is not formatted yet
 */
export function configurationPage(example: string): string {
  const tables = tablesOf(example);
  return [
    "# The configuration",
    "",
    "`deno task reference` writes this page from the schema.",
    "[config.example.toml](../../config.example.toml) has every key with its default, and",
    "`autoborg show-config` shows what is in force.",
    "",
    "The file is `/etc/autoborg/config.toml`, or what `$AUTOBORG_CONFIG` or `--config` names. It is",
    "[TOML](https://toml.io). A key that is not known is an error.",
    "",
    ...tables.filter(({ name }) => name !== "")
      .map(({ name, header, description }) => `- [${code(header)}](#${name}): ${description}`),
    "",
    "## Values",
    "",
    '- A duration has units, the largest first: `"90s"`, `"10m"`, `"26h"`, `"1d"`, `"2w"`,',
    '  `"1h30m"`. There are `w`, `d`, `h`, `m`, `s` and `ms`.',
    '- A size has one: `"100B"`, `"500KB"`, `"2MiB"`. `K`, `M`, `G`, `T` and `P` count by 1000, with',
    "  an `i` behind them by 1024.",
    "- A path is absolute, or begins with `./` or `../` and is relative to the file. The files of keys, " +
    "passwords and certificates may also be named alone: they are beside it. A `~` is not expanded.",
    "",
    "## Secrets",
    "",
    "A passphrase comes from exactly one of four places: `passphrase` in the file itself,",
    "`passphrase_file`, `passphrase_command`, or the systemd credential `passphrase.LABEL`, which needs",
    "no key. A password for mail comes from `password`, from `password_file` or from the credential",
    "`mail.password`. The path of a file of these may begin with `$CREDENTIALS_DIRECTORY/`.",
    "",
    "What is marked as a secret below is never in a log, a message, a report or a list of arguments.",
    "When another user may read a file with a secret, every report warns about it.",
    "",
    ...tables.flatMap((table) => section(table, tables)),
  ].join("\n");
}

function section(table: Table, tables: readonly Table[]): string[] {
  const own = tables.filter(({ overridable }) => overridable).map(({ name }) => name);
  return [
    table.name === "" ? "## Before all tables" : `## ${table.name}`,
    "",
    ...(table.name === "" ? [] : [`${code(table.header)}: ${table.description}`, ""]),
    ...(table.overridable
      ? [
        "A repository may have keys of its own instead, in " +
        `${code(`[repositories.${table.name}]`)}.`,
        "",
      ]
      : []),
    markdownTable(
      ["key", "value", "default", "meaning"],
      table.keys.map((key) => [
        code(key.name),
        valueOf(key, table.name === "repositories" && own.includes(key.name)),
        key.required ? "needed" : key.default === undefined ? "" : code(key.default),
        key.secret && !/secret/i.test(key.description)
          ? `${key.description} A secret.`
          : key.description,
      ]),
    ),
    "",
  ];
}

function valueOf({ type, choices, example, name }: Key, overrides: boolean): string {
  if (overrides) return `[the same keys](#${name})`;
  if (choices.length > 0) return choices.map(code).join(", ");
  return example === undefined ? type : `${type}, such as ${code(example)}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
