/**
 * Values that a person has not decided yet: `autoborg migrate` writes them, and nothing works with
 * a configuration that has one, whatever the key would accept.
 * @module
 */
import { asArray, asTable, type KeyPath, type Problem } from "./config_problem.ts";

/** What such a value begins with. */
export const FILL_IN = "FILL IN:";

/**
 * Finds the values that are still to be filled in.
 *
 * @returns a problem for each; what follows the mark is not shown, as it may be a secret by now
 */
export function unfilled(document: unknown, path: KeyPath = []): Problem[] {
  if (typeof document === "string") {
    if (!document.trimStart().startsWith(FILL_IN)) return [];
    return [{ path, message: `expected a value, found a note to replace ("${FILL_IN} …")` }];
  }
  return [
    ...asArray(document).flatMap((item, index) => unfilled(item, [...path, index])),
    ...Object.entries(asTable(document) ?? {}).flatMap(([key, value]) =>
      unfilled(value, [...path, key])
    ),
  ];
}
