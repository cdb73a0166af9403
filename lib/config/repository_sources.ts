/**
 * Checks what repositories do not get of the sources: `directories`, `datasets` and `exclude` of
 * `[[repositories]]` only narrow `[sources]` and `[zfs]`.
 * @module
 */
import { globRegExp } from "../text/glob.ts";
import { nearest } from "../text/nearest.ts";
import { asArray, type KeyPath, type Problem, valueAt } from "./config_problem.ts";
import type { Config } from "./config_schema.ts";
import { absolute, type Surroundings } from "./paths.ts";

/** The sources of the whole configuration, and how they are compared. */
interface Sources {
  /** The keys that they stand in, for messages. */
  readonly from: string;
  readonly names: readonly string[];
  readonly normal: (text: string) => string;
}

/** Finds sources of repositories that are no sources, and repositories without any. */
export function wrongRepositorySources(document: unknown, surroundings: Surroundings): Problem[] {
  const directories: Sources = {
    from: "sources.directories or sources.optional",
    names: [
      ...texts(valueAt(document, ["sources", "directories"])),
      ...texts(valueAt(document, ["sources", "optional"])),
    ].map((path) => absolute(path, surroundings)),
    normal: (path) => absolute(path, surroundings),
  };
  const datasets: Sources = {
    from: "zfs.datasets",
    names: texts(valueAt(document, ["zfs", "datasets"])),
    normal: (name) => name,
  };
  return asArray(valueAt(document, ["repositories"])).flatMap((repository, index) => {
    const at: KeyPath = ["repositories", index];
    return [
      ...unknownSources([...at, "directories"], valueAt(repository, ["directories"]), directories),
      ...unknownSources([...at, "datasets"], valueAt(repository, ["datasets"]), datasets),
      ...withoutAnySource(at, repository, [directories, datasets]),
      ...enclosedSources(at, document, repository, directories),
    ];
  });
}

function unknownSources(at: KeyPath, list: unknown, { from, names, normal }: Sources): Problem[] {
  const seen = new Map<string, KeyPath>();
  return asArray(list).flatMap((item, index): Problem[] => {
    if (typeof item !== "string" || item === "") return [];
    const name = normal(item);
    const path = [...at, index];
    const sameAs = seen.get(name);
    if (sameAs !== undefined) return [{ path, sameAs, message: "expected each source only once" }];
    seen.set(name, path);
    if (names.includes(name)) return [];
    const meant = nearest(name, names);
    const advice = meant === undefined ? "" : `: did you mean ${JSON.stringify(meant)}?`;
    const message = `expected one of ${from}, found ${JSON.stringify(name)}${advice}`;
    return [{ path, message }];
  });
}

/** What is left of a kind of sources; of one that is not narrowed all of it. */
function countLeft(repository: unknown, key: string, { names }: Sources): number {
  const own = valueAt(repository, [key]);
  return own === undefined ? names.length : asArray(own).length;
}

function withoutAnySource(
  at: KeyPath,
  repository: unknown,
  [directories, datasets]: readonly [Sources, Sources],
): Problem[] {
  // Without any source at all the sources are what is wrong.
  if (directories.names.length + datasets.names.length === 0) return [];
  const left = countLeft(repository, "directories", directories) +
    countLeft(repository, "datasets", datasets);
  if (left > 0) return [];
  const key = ["directories", "datasets"].find((one) => valueAt(repository, [one]) !== undefined);
  return [{
    path: key === undefined ? at : [...at, key],
    message: "expected at least one source for this repository, found none left",
  }];
}

/** Finds a directory that is not listed, and would be archived because of one that is. */
function enclosedSources(
  at: KeyPath,
  document: unknown,
  repository: unknown,
  { names, normal }: Sources,
): Problem[] {
  const list = valueAt(repository, ["directories"]);
  if (list === undefined) return [];
  const own = texts(list).map(normal);
  const patterns = [
    ...texts(valueAt(document, ["sources", "exclude"])),
    ...texts(valueAt(repository, ["exclude"])),
  ];
  const isExcluded = (name: string) => patterns.some((pattern) => mayExclude(pattern, name));
  return names.flatMap((name): Problem[] => {
    const around = own.find((one) => name.startsWith(one === "/" ? one : `${one}/`));
    if (around === undefined || own.includes(name) || isExcluded(name)) return [];
    return [{
      path: [...at, "directories"],
      message: `expected ${JSON.stringify(name)} here or in exclude (${
        JSON.stringify(`pp:${name.slice(1)}`)
      }): it lies below ${JSON.stringify(around)}, with which this repository gets it`,
    }];
  });
}

/** Whether a pattern may exclude a directory; nobody but Borg understands every regular expression. */
function mayExclude(pattern: string, directory: string): boolean {
  const [, style = "fm", text = pattern] = /^(fm|sh|re|pp|pf):(.*)$/s.exec(pattern) ?? [];
  if (style === "re") return true;
  const [path, at] = [text, directory].map((one) => one.replace(/^\/+|\/+$/g, ""));
  if (path === undefined || at === undefined) return false;
  if (path === at || style === "pp" || style === "pf") return `${at}/`.startsWith(`${path}/`);
  // Only in `sh:` does a wildcard stop at a slash.
  return globRegExp(style === "sh" ? path : path.replaceAll(/\*+/g, "**/*"), true).test(at);
}

function texts(list: unknown): string[] {
  return asArray(list).flatMap((item) => typeof item === "string" && item !== "" ? [item] : []);
}

/** Warns of sources that no repository gets. */
export function unbackedSources({ sources, zfs, repositories }: Config): string[] {
  const isNowhere = (key: "directories" | "datasets") => (name: string) =>
    repositories.every((repository) => repository[key]?.includes(name) === false);
  const directories = [...new Set([...sources.directories, ...sources.optional])];
  return [
    ...directories.filter(isNowhere("directories")),
    ...zfs.datasets.filter(isNowhere("datasets")),
  ].map((name) => `No repository gets the source ${JSON.stringify(name)}: it is not backed up`);
}
