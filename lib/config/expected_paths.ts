/**
 * Finds expectations that no archive could meet, because their path lies in none of the sources.
 *
 * @module
 */
import { mayMeet } from "../text/glob.ts";
import { asArray, type KeyPath, type Problem, valueAt } from "./config_problem.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { archivePath } from "./resolve.ts";

/** Lists of source directories. */
const DIRECTORIES: readonly KeyPath[] = [["sources", "directories"], ["sources", "optional"]];

/**
 * Compares expected paths with the sources, part by part. With datasets nothing is said: only ZFS
 * knows where they are mounted.
 */
export function unknownExpectations(document: unknown, surroundings: Surroundings): Problem[] {
  if (asArray(valueAt(document, ["zfs", "datasets"])).length > 0) return [];
  const directories = DIRECTORIES.flatMap((key) => asArray(valueAt(document, key)))
    .flatMap((path) => typeof path === "string" ? [absolute(path, surroundings)] : []);
  if (directories.length === 0) return [];
  return asArray(valueAt(document, ["expect"])).flatMap((_, index) => {
    const path: KeyPath = ["expect", index, "path"];
    const expected = valueAt(document, path);
    if (typeof expected !== "string" || archivePath(expected) === "") return [];
    if (directories.some((directory) => mayMeet(archivePath(directory), archivePath(expected)))) {
      return [];
    }
    const sources = directories.map((directory) => JSON.stringify(directory)).join(", ");
    const message = `expected a path in one of the sources (${sources}), found ` +
      JSON.stringify(expected);
    return [{ path, message }];
  });
}
