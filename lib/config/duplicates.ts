/** Finds what a configuration names twice. @module */
import { asArray, type KeyPath, type Problem, valueAt } from "./config_problem.ts";
import type { Surroundings } from "./paths.ts";
import { resolveUrl } from "./resolve.ts";

/**
 * Finds items of an array that say the same.
 *
 * @param below where in an item its text is
 * @param normal gives texts that mean the same the same form; `undefined`: it can't be compared
 */
export function duplicates(
  document: unknown,
  what: string,
  array: KeyPath,
  below: KeyPath,
  normal: (text: string) => string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, KeyPath>();
  for (const [index, item] of asArray(valueAt(document, array)).entries()) {
    const text = valueAt(item, below);
    const form = typeof text === "string" && text !== "" ? normal(text) : undefined;
    if (form === undefined) continue;
    const path = [...array, index, ...below];
    const first = seen.get(form);
    if (first === undefined) seen.set(form, path);
    else problems.push({ path, sameAs: first, message: `expected each ${what} only once` });
  }
  return problems;
}

/** Where a repository is, however it is written; `undefined`: its url is wrong. */
export function repositoryPlace(url: string, surroundings: Surroundings): string | undefined {
  try {
    return resolveUrl(url, surroundings).replace(/\/+$/, "");
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
