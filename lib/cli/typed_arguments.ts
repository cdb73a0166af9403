/**
 * Judges the arguments of a command line by what the configuration and the history name. They are
 * read only when something is missing, or may mean an archive in Borg's way.
 *
 * @module
 */
import { argumentsOf, mayNameLocation, withoutLocation } from "./options/borg_location.ts";
import { type KnownNames, missingArguments, neededArguments } from "./options/missing_argument.ts";
import type { CommandLine } from "./options/typed_line.ts";

/**
 * Completes a command line.
 *
 * @param config the configuration that it works with
 * @throws {UsageError} when arguments are missing
 */
export async function completeArguments(line: CommandLine, config: string): Promise<CommandLine> {
  const { verb, given } = line;
  if (verb === undefined || given === undefined) return line;
  const least = neededArguments(verb, optionsOf(line));
  const mayBeLocation = mayNameLocation(line);
  if (!mayBeLocation && argumentsOf(line).length >= least) return line;
  const names = await namesIn(config);
  const meant = mayBeLocation ? withoutLocation(line, names.labels) : line;
  const missing = missingArguments(
    { verb, options: optionsOf(meant), given: argumentsOf(meant) },
    names,
  );
  if (missing !== undefined) throw missing;
  return meant;
}

/** The options of a command line; commands in hints name the configuration by themselves. */
function optionsOf({ words, given = 0 }: CommandLine): readonly string[] {
  const options = words.slice(1, words.length - given);
  const at = options.indexOf("--config");
  return at === -1 ? options : options.toSpliced(at, 2);
}

async function namesIn(config: string): Promise<KnownNames> {
  const { readConfiguredNames } = await import("./completion/configured_names.ts");
  const { recordedArchives } = await import("./completion/recorded_archives.ts");
  const names = await readConfiguredNames(config);
  return {
    labels: names.repositories.map(({ label }) => label),
    archives: recordedArchives(names),
    directories: names.directories,
  };
}
