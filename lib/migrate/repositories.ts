/** Where the backup goes: BORG_REPOSITORIES. @module */
import { KEYFILE_MODES } from "../config/repository_schema.ts";
import type { Draft, Table } from "./draft.ts";
import type { Value } from "./python.ts";
import { asFlag, asPath, asText, find, isEmpty, unreadPart } from "./settings.ts";
import type { Row, Setting, Settings } from "./settings.ts";

/** The keys of the script and of its copies. */
const ROWS: readonly Row[] = [
  [/^(?:repo_)?name$|^label$/i, "label", (value) => validName(asText(value) ?? "", 29)],
  [/^(?:repo_)?(?:url|path)$|^repo(?:sitory)?$/i, "url", asUrl],
  [/^encryption(?:_mode)?$/i, "encryption", (value) => asText(value)?.toLowerCase()],
  [/^pass(?:phrase|word)_file$/i, "passphrase_file", asPath],
  [/^pass(?:phrase_)?command$/i, "passphrase_command", asText],
  [/^ssh_key(?:_path|_file)?$/i, "ssh_key", asPath],
  [/^remote_path$/i, "remote_borg", asText],
  [/^compression$/i, "compression", asText],
];

/** Makes a table for each repository, or leaves all of them to a person. */
export function addRepositories(draft: Draft, all: Setting): void {
  const items = Array.isArray(all.data) ? all.data : [];
  const lost = items.find(({ data }) => !(data instanceof Map) || data.has(""));
  if (items.length === 0 || lost !== undefined) {
    const { line, reason = "is not a list of dicts" } = unreadPart(lost ?? all) ?? all;
    return draft.top.fillIn("repositories", line, `${all.name} ${reason}`);
  }
  for (const [index, { line, data }] of items.entries()) {
    const nameOf = (key: string) => `${all.name}[${index}][${JSON.stringify(key)}]`;
    const entries = data instanceof Map ? [...data] : [];
    const settings = new Map(
      entries.map(([key, value]) => [key, { ...value, name: nameOf(key) }] as const),
    );
    const missing = { name: nameOf("passphrase"), line, data: null };
    addRepository(draft.table("repositories", index), settings, missing);
  }
}

function addRepository(table: Table, settings: Settings, missing: Setting): void {
  const { cells, draft: { tables } } = table;
  const labels = tables.map(({ cells }) => cells.get("label")?.value);
  table.set("label", "");
  table.takeAll(ROWS, settings);
  const [url, own] = [cells.get("url"), cells.get("label")];
  const label = String(own?.value || labelOf(url?.isOpen ? "" : String(url?.value ?? "")));
  let unique = label;
  for (let number = 2; labels.includes(unique); number++) unique = `${label}-${number}`;
  if (unique !== own?.value) table.set("label", unique);
  const enabled = find(settings, /^(?:enabled|active)$/i);
  if (enabled !== undefined && asFlag(enabled) !== true) {
    const why = `${enabled.name} decides whether this repository is used`;
    table.fillIn("optional", enabled.line, why);
  }
  // No label ends like the file of a repository that a person has yet to name.
  const file = own?.isOpen
    ? `repository-${Number(table.path[1]) + 1}.secret`
    : `${unique}.passphrase`;
  addPassphrase(table, find(settings, /^(?:borg_)?passphrase$|^password$/i) ?? missing, file);
  for (const { name, line } of settings.values()) table.note(line, `${name} is not migrated`);
}

function addPassphrase(table: Table, secret: Setting, file: string): void {
  const { cells } = table;
  const mode = String(cells.get("encryption")?.value);
  if (mode === "none" || cells.has("passphrase_file") || cells.has("passphrase_command")) return;
  const isEmptyKey = secret.data === "" && KEYFILE_MODES.includes(mode);
  if (!isEmpty(secret) || isEmptyKey) return table.takeSecret("passphrase", secret, file);
  const advice = 'encryption = "none" needs none, passphrase_command = "true" gives an empty one';
  table.fillIn("passphrase", secret.line, `${secret.name} is missing or empty; ${advice}`);
}

/** A local path must be absolute. */
function asUrl(value: Value): string | undefined {
  return /^[^/]*:/.test(asText(value) ?? "") ? asText(value) : asPath(value);
}

/** The server of a url, or the last part of a path. */
function labelOf(url: string): string {
  const [, host = "file"] = /^(?:ssh:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)[:/]/.exec(url) ?? [];
  const isAddress = /^[\d.]+$|^\[/.test(host);
  const name = isAddress ? host.replaceAll(":", ".") : host.replace(/\..*/, "");
  const last = url.split("/").findLast((part) => part !== "") ?? "";
  return validName(host === "file" ? last : name, 29) || "repository";
}

/** Makes a name of letters, digits, dots, hyphens and underscores; empty when nothing is left. */
export function validName(text: string, longest: number): string {
  return text.replaceAll("ß", "ss").normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, longest)
    .replace(/[^A-Za-z0-9]+$/, "");
}
