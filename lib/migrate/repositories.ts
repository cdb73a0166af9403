/**
 * Where the backup goes: BORG_REPOSITORIES.
 *
 * @module
 */
import { repositorySchema } from "../config/repository_schema.ts";
import { hideUser } from "../config/repository_url.ts";
import { Draft, type Point, refusalOf, type Taken } from "./draft.ts";
import { labelOf, uniqueLabel } from "./names.ts";
import { takePath, writtenPath } from "./paths.ts";
import { isGiven, repositoryEntries, type RepositoryEntry, textOf } from "./repository_entries.ts";
import { takeKey } from "./repository_key.ts";
import { asFlag, type Settings, whyNot } from "./settings.ts";

const FIELDS = repositorySchema.shape;

/**
 * Makes a table for each repository.
 *
 * @param settings the script's settings
 * @param points collects what a person must look at
 * @returns the tables; those of repositories that can't be used are only shown, as comments
 */
export function repositoryTables(settings: Settings, points: Point[]): Draft[] {
  const lost = new Draft("", points);
  const taken = settings.take("repositories", lost, "a list of dicts", (value) => value);
  const maker = new RepositoryMaker(points);
  for (const entry of taken === undefined ? [] : repositoryEntries(taken)) {
    if ("reason" in entry) lost.unread(entry.line, entry.reason);
    else maker.add(entry);
  }
  return lost.entries.length > 0 ? [lost, ...maker.drafts] : maker.drafts;
}

class RepositoryMaker {
  readonly drafts: Draft[] = [];
  readonly #points: Point[];
  readonly #labels = new Set<string>();
  readonly #urls = new Map<string, string>();

  constructor(points: Point[]) {
    this.#points = points;
  }

  add(entry: RepositoryEntry): void {
    const draft = new Draft("[[repositories]]", this.#points);
    this.drafts.push(draft);
    const url = this.#url(draft, entry);
    const given = textOf(draft, entry, "label")?.value ?? entry.key;
    const label = uniqueLabel(given ?? labelOf(url?.value ?? "repository"), this.#labels);
    this.#labels.add(label);
    draft.set("label", label);
    if (url !== undefined) draft.set("url", url.value, url);
    takeKey(draft, entry, label);
    takePath(draft, "ssh_key", FIELDS.ssh_key, filled(textOf(draft, entry, "ssh_key")));
    draft.take("remote_borg", FIELDS.remote_borg, filled(textOf(draft, entry, "remote_borg")));
    draft.take("compression", FIELDS.compression, filled(textOf(draft, entry, "compression")));
    for (const { name, value } of entry.unknown) {
      draft.unread(value.line, `${name} is not taken over: autoborg does not know what it means`);
    }
    this.#off(draft, entry);
  }

  /** The url; without one that is valid the whole table is only shown. */
  #url(draft: Draft, entry: RepositoryEntry): Taken<string> | undefined {
    const written = textOf(draft, entry, "url");
    const url = written === undefined ? undefined : this.#usable(draft, written);
    if (!isGiven(entry, "url")) {
      draft.unread(entry.line, `${entry.name} has no repo_url`);
    }
    if (url === undefined) {
      draft.isOff = true;
      draft.show("url", written?.value ?? "/mnt/backup/borg");
      draft.remark("This repository is left out until it has a url and is no comment.");
    }
    return url;
  }

  #usable(draft: Draft, written: Taken<string>): Taken<string> | undefined {
    const url = cleanUrl(draft, written);
    const refusal = refusalOf(FIELDS.url, url.value);
    if (refusal !== undefined) {
      draft.unread(url.line, `${url.name} is not taken over: ${refusal}`);
      return undefined;
    }
    const place = url.value.replace(/^file:\/\//, "").replace(/(?<=.)\/+(?=\/|$)/g, "");
    const other = this.#urls.get(place);
    this.#urls.set(place, url.name);
    if (other === undefined) return url;
    draft.unread(url.line, `${url.name} is the same repository as ${other}`);
    return undefined;
  }

  #off(draft: Draft, entry: RepositoryEntry): void {
    const enabled = entry.fields.get("enabled");
    if (enabled === undefined || enabled.value.kind === "none") return;
    const { name, value } = enabled;
    const flag = asFlag(value);
    if (flag === undefined) draft.unread(value.line, whyNot(name, name, value, "True or False"));
    if (flag !== false) return;
    draft.isOff = true;
    draft.look(value.line, `this repository is left out, because ${name} is False`);
  }
}

function filled(taken: Taken<string> | undefined): Taken<string> | undefined {
  return taken?.value === "" ? undefined : taken;
}

/** A url as the configuration can have it: without a password, an archive and a `~`. */
function cleanUrl(draft: Draft, url: Taken<string>): Taken<string> {
  const { name, line } = url;
  let { value } = url;
  const repository = value.replace(/^([^[]*(?:\[[0-9A-Fa-f:.]*\][^[]*)?)::.*$/s, "$1");
  if (repository !== value) {
    draft.look(line, `${name}: what follows "::" names an archive and is left out`);
    value = repository;
  }
  const open = value.replace(/^([a-z]+:\/\/)?([^/@:]+):[^/]*@/i, "$1$2@");
  if (open !== value) {
    draft.look(line, `${name}: the password in it is left out; use ssh_key`);
    value = open;
  }
  if (/\{\w+\}/.test(value)) {
    draft.look(
      line,
      `${name}: write out what stands in braces in ${JSON.stringify(hideUser(value))}`,
    );
    return { ...url, value };
  }
  const isLocal = !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value) && !/^[^/]*:/.test(value);
  return isLocal ? writtenPath(draft, { ...url, value }) : { ...url, value };
}
