/**
 * What the tests of reading and restoring archives share.
 *
 * @module
 */
import { SavedPlace } from "./saved_place.ts";
import { Place, type Table } from "./place.ts";

/** Those that this file has made, by their tables. */
const saved = new Map<string, SavedPlace>();

/**
 * A place with one archive in each of its repositories. Only the first test of a file has it made: the
 * others get the same, as it was then.
 *
 * @param tables tables of the configuration
 */
export async function placeWithArchive(tables: Table = {}): Promise<Place> {
  const key = JSON.stringify(tables);
  const again = await saved.get(key)?.restore();
  if (again !== undefined) return again;
  const place = await Place.make(tables);
  await place.init();
  await backUp(place);
  saved.set(key, await SavedPlace.save(place, tables));
  return place;
}

/** Makes one more archive, and nothing else. */
export async function backUp(place: Place, ...flags: readonly string[]): Promise<void> {
  await place.expect(0, "run", "--skip=verify,check,prune,compact", ...flags);
}

/**
 * Where a path of the sources is when it was restored to "out".
 *
 * @param place the place
 * @param parts the path
 */
export function restored(place: Place, ...parts: readonly string[]): string {
  return place.at("out", place.archived(...parts));
}

/**
 * Reads JSON that must be an object.
 *
 * @param text the output of a program
 */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new TypeError(`No object: ${text}`);
  return { ...value };
}
