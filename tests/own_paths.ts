/**
 * Paths below the directory of a configuration: tests name them as they name their files.
 *
 * @module
 */

/** Keys whose paths are relative only when they begin with a dot. */
const KEYS: ReadonlySet<string> = new Set([
  ...["directories", "optional", "url", "directory", "temp_dir", "state_dir", "textfile"],
  ...["file", "ca_file"],
]);

/** Puts "./" before the paths of a configuration that have no beginning of their own. */
export function ownPaths(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    return KEYS.has(key) && /^[^./~$:"{\s][^:{~$]*$/.test(value) ? `./${value}` : value;
  }
  if (Array.isArray(value)) return value.map((item) => ownPaths(item, key));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, ownPaths(item, name)]),
  );
}
