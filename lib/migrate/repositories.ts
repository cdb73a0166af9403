/** Where the backup goes: BORG_REPOSITORIES. @module */
import { KEYFILE_MODES } from "../config/repository_schema.ts";
import type { Draft } from "./draft.ts";
import type { Value } from "./python.ts";
import { asFlag, asPath, asText, find, isEmpty } from "./settings.ts";
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

/** Adds a table for each repository, or leaves all of them to a person. */
export function addRepositories(draft: Draft, all: Setting): void {
  const items = Array.isArray(all.data) ? all.data : [];
  const lost = items.find(({ data }) => !(data instanceof Map) || data.has(""));
  if (items.length === 0 || lost !== undefined) {
    const { line } = lost ?? all;
    return draft.fillIn("repositories", { ...all, line }, all.reason ?? "is not a list of dicts");
  }
  const labels = new Set<unknown>();
  for (const [index, { line, data }] of items.entries()) {
    const nameOf = (key: string) => `${all.name}[${index}][${JSON.stringify(key)}]`;
    const settings: Settings = new Map();
    for (const [key, value] of data instanceof Map ? data : []) {
      settings.set(key, { ...value, name: nameOf(key) });
    }
    const secret = find(settings, /^(?:borg_)?passphrase$|^password$/i) ??
      { name: nameOf("passphrase"), line, data: null };
    const table = `repositories.${index}.`;
    // The label stands first, even if it is made of the url.
    draft.set(`${table}label`, "");
    draft.takeAll(ROWS, settings, table);
    const file = addLabel(draft, table, labels) ?? `repository-${index + 1}.secret`;
    addPassphrase(draft, table, secret, file);
    const enabled = find(settings, /^(?:enabled|active)$/i);
    if (enabled !== undefined && asFlag(enabled) !== true) {
      draft.fillIn(`${table}optional`, enabled, "decides whether this repository is used");
    }
    for (const { name, line } of settings.values()) draft.note(line, `${name} is not migrated`);
  }
}

/** Makes the label of a repository the only one, and the name of its secret's file. */
function addLabel(draft: Draft, table: string, labels: Set<unknown>): string | undefined {
  const [own, url] = ["label", "url"].map((key) => draft.cells.get(table + key));
  // No label ends like the file of a repository that a person has yet to name.
  if (own?.isOpen) return undefined;
  const name = own?.value || labelOf(url?.isOpen ? "" : String(url?.value ?? ""));
  let label = name;
  for (let number = 2; labels.has(label); number++) label = `${name}-${number}`;
  labels.add(label);
  draft.set(`${table}label`, label, own?.from);
  return `${label}.passphrase`;
}

function addPassphrase(draft: Draft, table: string, secret: Setting, file: string): void {
  const mode = String(draft.cells.get(`${table}encryption`)?.value);
  const isElsewhere = ["file", "command"].some((way) =>
    draft.cells.has(`${table}passphrase_${way}`)
  );
  if (mode === "none" || isElsewhere) return;
  const isEmptyKey = secret.data === "" && KEYFILE_MODES.includes(mode);
  if (!isEmpty(secret) || isEmptyKey) return draft.takeSecret(`${table}passphrase`, secret, file);
  const advice = 'encryption = "none" needs none, passphrase_command = "true" gives an empty one';
  draft.fillIn(`${table}passphrase`, secret, `is missing or empty; ${advice}`);
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
