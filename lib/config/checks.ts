/**
 * What one key of the configuration alone can't tell: duplicates, and that there is a source.
 *
 * Like `secrets.ts` it works on the document as it was parsed, and passes over values that are
 * not what the schema wants: the schema reports them.
 *
 * @module
 */
import { absolute, type Surroundings } from "./paths.ts";
import { asArray, formatPath, type KeyPath, type Problem, valueAt } from "./problem.ts";
import { resolveUrl } from "./resolve.ts";

/**
 * Checks a document as a whole.
 *
 * @param document the parsed file, valid or not
 * @param surroundings what paths in it are relative to
 * @returns what is wrong
 */
export function checkDocument(document: unknown, surroundings: Surroundings): Problem[] {
  return [
    ...withoutSources(document),
    ...duplicates(document, ["sources", "directories"], [], (path) => absolute(path, surroundings)),
    ...duplicates(document, ["zfs", "datasets"], [], (name) => name),
    ...duplicates(document, ["repositories"], ["label"], (label) => label),
    ...duplicates(document, ["repositories"], ["url"], (url) => location(url, surroundings)),
  ];
}

function withoutSources(document: unknown): Problem[] {
  const keys: KeyPath[] = [["sources", "directories"], ["zfs", "datasets"]];
  const isEmpty = (value: unknown) =>
    value === undefined || (Array.isArray(value) && value.length === 0);
  if (!keys.every((key) => isEmpty(valueAt(document, key)) && !isBlocked(document, key))) return [];
  const path = keys.find((key) => valueAt(document, key) !== undefined) ?? ["sources"];
  return [{
    path,
    message: 'expected something to back up in "sources.directories" or "zfs.datasets", ' +
      "found both empty",
    absent: [...keys, ["sources"], ["zfs"]],
  }];
}

/** Whether the table of a key is not a table at all, so that nobody knows about the key. */
function isBlocked(document: unknown, [table = ""]: KeyPath): boolean {
  const value = valueAt(document, [table]);
  return value !== undefined && (typeof value !== "object" || Array.isArray(value));
}

/**
 * Finds items of an array that say the same.
 *
 * @param document the document
 * @param array where the array is
 * @param below where in an item its text is
 * @param normal gives texts that mean the same the same form; `undefined`: it can't be compared
 */
function duplicates(
  document: unknown,
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
    else {problems.push({
        path,
        message: `expected no duplicates, found the same as ${formatPath(first)}`,
      });}
  }
  return problems;
}

function location(url: string, surroundings: Surroundings): string | undefined {
  try {
    return resolveUrl(url, surroundings).replace(/\/+$/, "");
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
