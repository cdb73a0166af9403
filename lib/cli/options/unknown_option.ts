/** Options by their names, and what is said of one that does not exist. Pure. @module */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../text/nearest.ts";
import type { Flag, Verb } from "../help/verb_tree.ts";
import { optionAdvice } from "./option_advice.ts";
import { optionName } from "./synonyms.ts";

/** What `--help` is called. */
export const HELP = "--help";

/** The name of an option, without its value. */
export function nameOf(word: string): string {
  return optionName(word.startsWith("-") ? word.split("=", 1)[0] ?? word : word);
}

/** The option of this name. */
export function flagNamed({ flags }: Pick<Verb, "flags">, name: string): Flag | undefined {
  return flags.find((flag) => flag.name === name || flag.negated === name);
}

/** What does or allows something by itself: a slip must not lead there. */
const NEVER_MEANT = new Set(["--yes", "--overwrite", "--run", "--allow-shared"]);

/** Says of an option that a command does not have, or none, what was probably meant. */
export function unknownOption(
  word: string,
  verb: Pick<Verb, "flags"> & Partial<Pick<Verb, "name">>,
  next?: string,
): UsageError {
  const [name = word, inline] = word.split("=", 2);
  const value = inline ?? (next?.startsWith("-") === true ? undefined : next);
  const help = verb.name === undefined ? "autoborg --help" : `autoborg ${verb.name} --help`;
  const names = [HELP, ...verb.flags.flatMap((flag) => [flag.name, flag.negated ?? []])].flat()
    .filter((one) => !NEVER_MEANT.has(one));
  const near = names.filter((one) => name.length > 3 && one.startsWith(name));
  const meant = near.length === 1 ? near[0] : nearest(name, names);
  const advice = optionAdvice(name, { verb: verb.name, value, options: names }) ??
    (meant === undefined ? undefined : `Did you mean ${meant}?`);
  const whose = verb.name === undefined ? "There is" : `"${verb.name}" has`;
  return new UsageError(`${whose} no option ${name}`, {
    hint: advice === undefined
      ? help
      : `${advice}${advice.endsWith("?") ? "" : "."} All options: ${help}`,
  });
}
