import type { Edition } from "./command_manual.ts";
import { type Key, type Table, tablesOf } from "./configuration_keys.ts";
import { bold, head, item, roff, sentence, verbatim } from "./roff.ts";

/**
 * The page autoborg.toml(5).
 *
 * @param example the content of `config.example.toml`
 */
export function configurationManual(example: string, edition: Edition): string {
  const [shortest = ""] = example.replace(/^#:schema .*\n/, "").split("\n# The ten lines above");
  return [
    ...head({
      name: "autoborg.toml",
      section: 5,
      brief: "configuration of autoborg",
      manual: "File Formats",
      ...edition,
    }),
    ".SH DESCRIPTION",
    sentence(
      "The file is `/etc/autoborg/config.toml`, or what `$AUTOBORG_CONFIG` or `--config` names. " +
        "It is written in TOML. A key that is not known is an error.",
    ),
    ".PP",
    roff("A path is absolute, or begins with ./ or ../ and is relative to the file."),
    sentence(
      "A duration has units: `90s`, `10m`, `26h`, `1d`, `2w`; a size, too: `500KB`, `2MiB`.",
    ),
    ".PP",
    roff("A minimal configuration:"),
    ...verbatim(shortest.trim().split("\n")),
    ...tablesOf(example).flatMap(section),
    ".SH SECRETS",
    sentence(
      "A passphrase comes from exactly one of four places: `passphrase` in the file itself, " +
        "`passphrase_file`, `passphrase_command`, or the systemd credential `passphrase.LABEL`, " +
        "which needs no key. A password for mail comes from `password`, from `password_file` or " +
        "from the credential `mail.password`. The path of a file of these may begin with " +
        "`$CREDENTIALS_DIRECTORY/`.",
    ),
    ".PP",
    roff("When another user may read a file with a secret, every report warns about it."),
    ".SH SEE ALSO",
    `${bold("autoborg")}(1)`,
    "",
  ].join("\n");
}

function section(table: Table): string[] {
  return [
    `.SH ${table.name === "" ? "ABOVE THE FIRST TABLE" : `"${roff(table.header)}"`}`,
    ...(table.name === "" ? [] : [sentence(table.description)]),
    ...(table.overridable
      ? [sentence(`A repository may have keys of its own in \`[repositories.${table.name}]\`.`)]
      : []),
    ...table.keys.flatMap((key) =>
      item(`${bold(key.name)} (${factsOf(key)})`, sentence(key.description))
    ),
  ];
}

function factsOf({ type, choices, default: preset, example, required, secret }: Key): string {
  return [
    choices.length === 0 ? roff(type) : choices.map((choice) => `\\%${bold(choice)}`).join(" | "),
    ...(required ? ["needed"] : []),
    ...(secret ? ["secret"] : []),
    ...(preset === undefined ? [] : [`default: ${bold(preset)}`]),
    ...(example === undefined ? [] : [`such as ${bold(example)}`]),
  ].join("; ");
}
