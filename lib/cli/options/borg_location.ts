/** Reads an archive as Borg's users name it: `disk::ARCHIVE`. Pure. @module */
import type { CommandLine } from "./typed_line.ts";

/** How a command names the archive that it works on. */
const PLACES: Readonly<Record<string, "option" | "argument">> = {
  list: "argument",
  restore: "option",
  verify: "option",
  mount: "option",
};

/** An archive, and a path in it as other programs have it; the time in our names has colons, too. */
const ARCHIVE_AND_PATH = /^([^:]*(?::\d\d:\d\dZ-\w+)?)(?::(.*))?$/;

/** Says whether a command line may name an archive in Borg's way. */
export function mayNameLocation(line: CommandLine): boolean {
  const [first = ""] = argumentsOf(line);
  return first.includes("::") && PLACES[line.verb?.name ?? ""] !== undefined;
}

/** The arguments of a command line. */
export function argumentsOf({ words, given = 0 }: CommandLine): readonly string[] {
  return given === 0 ? [] : words.slice(-given).filter((word) => word !== "--");
}

/**
 * Writes `disk::ARCHIVE` as this program does: the repository and the archive each by itself.
 *
 * @param labels those of the configuration, as far as it can be read; a path or pattern may have two
 * colons, too
 */
export function withoutLocation(line: CommandLine, labels: readonly string[]): CommandLine {
  const { verb, words, given = 0 } = line;
  const [location = "", ...rest] = argumentsOf(line);
  const place = PLACES[verb?.name ?? ""];
  const at = location.indexOf("::");
  const label = location.slice(0, at);
  const [, archive = "", path] = ARCHIVE_AND_PATH.exec(location.slice(at + 2)) ?? [];
  const isLocation = label === "" || labels.includes(label);
  if (verb === undefined || place === undefined || at === -1 || !isLocation) return line;
  const isMount = verb.name === "mount";
  const repository = label === "" || isMount ? [] : ["--repo", label];
  const option = place === "option" && archive !== "" ? ["--archive", archive] : [];
  const own = place === "argument" && archive !== "" ? [archive] : [];
  const others = isMount && label !== "" ? [label, ...rest] : path ? [path, ...rest] : rest;
  return {
    verb,
    words: [...words.slice(0, words.length - given), ...repository, ...option, ...own, ...others],
    given: own.length + others.length,
  };
}
