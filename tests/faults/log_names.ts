/**
 * Finds the logs of the runs.
 *
 * @module
 */
import type { Place } from "../e2e/place.ts";

/**
 * The logs of the series, in the order in which they were written.
 *
 * @param place where
 * @returns their names
 */
export function logNames(place: Place): readonly string[] {
  const written = (name: string) => Deno.statSync(place.at("logs", name)).mtime?.getTime() ?? 0;
  return [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name)
    .filter((name) => /^web-\d{4}.*-[0-9a-f]{8}\.log$/.test(name))
    .toSorted((one, other) => written(one) - written(other));
}
