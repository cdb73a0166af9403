/** The text of a new configuration. Pure. @module */
import { ownCommand } from "../text/own_command.ts";
import { tomlValue } from "../text/toml_value.ts";
import type { DatasetChoice } from "./dataset_choice.ts";

/** What a person has decided. */
export interface Answers {
  readonly name: string;
  readonly directories: readonly string[];
  readonly zfs: DatasetChoice;
  readonly repository: NewRepository;
}

interface NewRepository {
  readonly label: string;
  readonly url: string;
  /** As the file has it: relative to the configuration, or absolute. */
  readonly passphraseFile: string;
  readonly sshKey: string | undefined;
  /** It may lie on the disk of its sources. */
  readonly sameDisk: boolean;
}

/**
 * Writes a configuration.
 *
 * @param schema where the JSON Schema is installed, for editors
 */
export function configText(answers: Answers, schema: string | undefined): string {
  const { name, directories, zfs, repository } = answers;
  const { label, url, passphraseFile, sshKey, sameDisk } = repository;
  const blocks = [
    schema === undefined ? [] : [`#:schema ${schema}`],
    [
      `# All other keys, with their defaults: ${ownCommand("setup", "--example")}`,
      `# After a change: ${ownCommand("check-config", "--probe")}`,
    ],
    [`name = ${tomlValue(name)}`],
    [
      "[[repositories]]",
      `label = ${tomlValue(label)}`,
      `url = ${tomlValue(url)}`,
      `passphrase_file = ${tomlValue(passphraseFile)}`,
      ...sshKey === undefined ? [] : [`ssh_key = ${tomlValue(sshKey)}`],
      ...sameDisk ? ["same_disk = true"] : [],
    ],
    ["[retention]", "keep_daily = 7", "keep_weekly = 4", "keep_monthly = 6"],
    directories.length === 0 ? [] : ["[sources]", ...list("directories", directories)],
    zfs.datasets.length === 0 ? [] : [
      "[zfs]",
      ...list("datasets", zfs.datasets),
      "recursive = true",
      ...zfs.exclude.length === 0 ? [] : list("exclude", zfs.exclude),
    ],
  ];
  return `${
    blocks.filter((block) => block.length > 0).map((lines) => lines.join("\n")).join("\n\n")
  }\n`;
}

function list(key: string, values: readonly string[]): readonly string[] {
  return [`${key} = [`, ...values.map((value) => `  ${tomlValue(value)},`), "]"];
}
