/**
 * Finds the repositories in BORG_REPOSITORIES, however the script has written them down.
 *
 * @module
 */
import type { Draft, Taken } from "./draft.ts";
import type { Value } from "./python/value.ts";
import { whyNot } from "./settings.ts";

/** What autoborg knows of a repository of the script. */
export type Field =
  | "url"
  | "label"
  | "encryption"
  | "passphrase"
  | "passphrase_file"
  | "passphrase_command"
  | "ssh_key"
  | "remote_borg"
  | "compression"
  | "enabled";

/** The keys of the script, and those that copies of it plausibly have. */
const FIELDS: Readonly<Record<string, Field>> = {
  repo_url: "url",
  url: "url",
  repo: "url",
  repository: "url",
  repo_path: "url",
  path: "url",
  location: "url",
  label: "label",
  name: "label",
  repo_name: "label",
  encryption_mode: "encryption",
  encryption: "encryption",
  passphrase: "passphrase",
  password: "passphrase",
  borg_passphrase: "passphrase",
  passphrase_file: "passphrase_file",
  passphrase_command: "passphrase_command",
  passcommand: "passphrase_command",
  ssh_key: "ssh_key",
  ssh_key_path: "ssh_key",
  ssh_key_file: "ssh_key",
  identity_file: "ssh_key",
  remote_path: "remote_borg",
  compression: "compression",
  enabled: "enabled",
  active: "enabled",
};

/** A value in an entry, and the key that the script has for it. */
export interface FieldValue {
  readonly key: string;
  /** What messages call it, such as `BORG_REPOSITORIES[0]["ssh_key"]`. */
  readonly name: string;
  readonly value: Value;
}

/** A repository of the script. */
export interface RepositoryEntry {
  readonly name: string;
  readonly line: number;
  /** The key of a dict of repositories. */
  readonly key: string | undefined;
  readonly fields: ReadonlyMap<Field, FieldValue>;
  /** What nobody knows. */
  readonly unknown: readonly FieldValue[];
}

/** An entry that is no repository that can be read. */
export interface LostEntry {
  readonly line: number;
  readonly reason: string;
}

/**
 * Takes BORG_REPOSITORIES apart: a list, tuple or set of dicts or urls, a dict of them, or one of
 * them alone.
 *
 * @param taken its value
 * @returns the repositories
 */
export function repositoryEntries(taken: Taken<Value>): (RepositoryEntry | LostEntry)[] {
  const { name, value } = taken;
  if (value.kind === "sequence") {
    return value.items.map((item, index) => entryOf(item, `${name}[${index}]`, undefined));
  }
  const keys = value.kind === "mapping" ? value.entries : [];
  const isOfDicts = keys.every((entry) => /^(?:mapping|unread)$/.test(entry.value.kind));
  const isOfUrls = keys.every(({ key, value }) => {
    return value.kind === "text" && !(key.kind === "text" && fieldOf(key.text) !== undefined);
  });
  if (!isOfDicts && !isOfUrls) return [entryOf(value, name, undefined)];
  if (value.kind !== "mapping") return [entryOf(value, name, undefined)];
  return keys.map(({ key, value }) => {
    const label = key.kind === "text" ? key.text : undefined;
    return entryOf(value, `${name}[${JSON.stringify(label ?? "…")}]`, label);
  });
}

function entryOf(
  value: Value,
  name: string,
  key: string | undefined,
): RepositoryEntry | LostEntry {
  const { line } = value;
  if (value.kind === "text") {
    const url = { key: "url", name, value };
    return { name, line, key, fields: new Map([["url", url]]), unknown: [] };
  }
  if (value.kind !== "mapping") {
    return { line, reason: whyNot(name, name, value, "a dict with the key repo_url") };
  }
  const fields = new Map<Field, FieldValue>();
  const unknown: FieldValue[] = [];
  for (const entry of value.entries) {
    const key = entry.key.kind === "text" ? entry.key.text : "…";
    const found = { key, name: `${name}[${JSON.stringify(key)}]`, value: entry.value };
    const field = fieldOf(key);
    // Of two keys for the same thing the one that has a value counts, else the last one.
    const known = field === undefined ? undefined : fields.get(field);
    if (field === undefined) unknown.push(found);
    else if (known?.key === key || known === undefined || known.value.kind === "none") {
      fields.set(field, found);
    } else if (found.value.kind !== "none") unknown.push(found);
  }
  return { name, line, key, fields, unknown };
}

function fieldOf(key: string): Field | undefined {
  const name = key.toLowerCase().replaceAll("-", "_");
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
}

/**
 * Says whether an entry has a value, be it one that can be read or not.
 *
 * @param entry the entry
 * @param field which value
 */
export function isGiven({ fields }: RepositoryEntry, field: Field): boolean {
  const value = fields.get(field)?.value;
  return value !== undefined && value.kind !== "none";
}

/**
 * Reads a text of an entry.
 *
 * @param draft is told when there is something that is no text
 * @param entry the entry
 * @param field what to read
 * @returns the text; `undefined` when there is none, or it could not be read
 */
export function textOf(
  draft: Draft,
  entry: RepositoryEntry,
  field: Field,
): Taken<string> | undefined {
  const found = entry.fields.get(field);
  if (found === undefined || found.value.kind === "none") return undefined;
  const { name, value } = found;
  if (value.kind === "text") return { name, line: value.line, value: value.text };
  draft.unread(value.line, whyNot(name, found.key, value, "a string"));
  return undefined;
}
