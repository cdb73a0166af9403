/**
 * Where the backup goes: BORG_REPOSITORIES.
 *
 * @module
 */
import { KEYFILE_MODES } from "../config/repository_schema.ts";
import type { Draft, Table } from "./draft.ts";
import type { Value } from "./script.ts";
import { asFlag, asPath, asText, isEmpty, type Setting, unreadPart } from "./settings.ts";

/** The keys of the script and of its copies, by the key that they become. */
const FIELDS: readonly (readonly [RegExp, string, (value: Value) => string | undefined])[] = [
  [/^(?:repo_)?name$|^label$/, "label", (value) => validName(asText(value) ?? "", 29)],
  [/^(?:repo_)?(?:url|path)$|^repo(?:sitory)?$/, "url", asUrl],
  [/^encryption(?:_mode)?$/, "encryption", (value) => asText(value)?.toLowerCase()],
  [/^pass(?:phrase|word)_file$/, "passphrase_file", asPath],
  [/^pass(?:phrase_)?command$/, "passphrase_command", asText],
  [/^ssh_key(?:_path|_file)?$/, "ssh_key", asPath],
  [/^remote_path$/, "remote_borg", asText],
  [/^compression$/, "compression", asText],
];

const PASSPHRASE = /^(?:borg_)?passphrase$|^password$/;

/** Makes a table for each repository, or leaves all of them to a person. */
export function addRepositories(draft: Draft, { name, value }: Setting): void {
  const items = value.kind === "list" ? value.items : [];
  const lost = items.find((item) =>
    item.kind !== "dict" || item.entries.some(([key]) => !asText(key))
  );
  if (items.length === 0 || lost !== undefined) {
    const { line, reason } = unreadPart(lost ?? value) ??
      { ...value, reason: "is no list of dicts" };
    return draft.top.fillIn("repositories", line, `${name} ${reason}`);
  }
  for (const [index, item] of items.entries()) {
    const table = draft.table("repositories", index);
    const taken = { name: `${name}[${index}]`, value: item };
    addRepository(table, taken);
    const others = draft.tables.filter((one) => one !== table);
    const labels = others.map(({ cells }) => cells.get("label")?.value);
    const label = String(table.cells.get("label")?.value);
    for (let number = 2, unique = label; labels.includes(unique); number++) {
      table.set("label", unique = `${label}-${number}`);
    }
    addPassphrase(table, taken);
  }
}

function addRepository(table: Table, { name, value }: Setting): void {
  const entries = value.kind === "dict" ? value.entries : [];
  table.set("label", "");
  for (const [key, one] of entries) {
    const own = { name: `${name}[${JSON.stringify(asText(key))}]`, value: one };
    const word = asText(key)?.toLowerCase() ?? "";
    const [, field, read] = FIELDS.find(([form]) => form.test(word)) ?? [];
    if (/^(?:enabled|active)$/.test(word) && asFlag(one) !== true) {
      table.fillIn("optional", one.line, `${own.name} decides whether this repository is used`);
    } else if (field === undefined || read === undefined) {
      if (!PASSPHRASE.test(word)) table.note(one.line, `${own.name} is not taken over`);
    } else if (!isEmpty(one)) table.take(field, own, read);
  }
  const url = table.cells.get("url");
  const isKnown = url !== undefined && !url.isOpen;
  if (table.cells.get("label")?.value === "") {
    table.set("label", labelOf(isKnown ? String(url.value) : ""));
  }
}

function addPassphrase(table: Table, { name, value }: Setting): void {
  const mode = String(table.cells.get("encryption")?.value);
  const entry = (value.kind === "dict" ? value.entries : [])
    .findLast(([key]) => PASSPHRASE.test(asText(key)?.toLowerCase() ?? ""));
  const isElsewhere = ["passphrase_file", "passphrase_command"].some((key) => table.cells.has(key));
  if (mode === "none" || isElsewhere) return;
  const [key, secret] = entry ?? [];
  const own = `${name}[${JSON.stringify(asText(key) ?? "passphrase")}]`;
  const isUsable = secret?.kind === "text" && (secret.text !== "" || KEYFILE_MODES.includes(mode));
  if (secret !== undefined && (isUsable || !isEmpty(secret))) {
    const label = table.cells.get("label");
    // The file of a repository that a person has yet to name; no label ends like this.
    const file = label === undefined || label.isOpen
      ? `repository-${Number(table.path[1]) + 1}.secret`
      : `${label.value}.passphrase`;
    return table.takeSecret("passphrase", { name: own, value: secret }, file);
  }
  const advice = 'encryption = "none" needs none, passphrase_command = "true" gives an empty one';
  table.fillIn("passphrase", (secret ?? value).line, `${own} is missing or empty; ${advice}`);
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
