/** Refuses options that were copied from a text in which hyphens became dashes. Pure. @module */
import { UsageError } from "../../errors.ts";
import type { Verb } from "../help/verb_tree.ts";
import { optionName } from "./synonyms.ts";
import { flagNamed, HELP } from "./unknown_option.ts";

/** Word processors and web pages make one long dash of two hyphens. */
const TYPOGRAPHIC_DASH = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+-?(?=[A-Za-z])/;

/**
 * Makes sure that the options begin with plain hyphens.
 *
 * @throws {UsageError} when one does not
 */
export function requirePlainDashes(verbs: readonly Verb[], args: readonly string[]): void {
  for (const word of args) {
    if (word === "--") return;
    const [typed = ""] = word.split("=", 1);
    const letters = typed.replace(TYPOGRAPHIC_DASH, "");
    if (letters === typed) continue;
    const meant = [`--${letters}`, `-${letters}`].find((name) =>
      name === HELP || verbs.some((verb) => flagNamed(verb, optionName(name)) !== undefined)
    );
    if (meant === undefined) continue;
    throw new UsageError(
      `Cannot read the option "${typed}": expected plain hyphens, found a typographic dash`,
      { hint: `Write it as ${meant}` },
    );
  }
}
