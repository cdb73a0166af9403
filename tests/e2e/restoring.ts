/**
 * What the tests of reading and restoring archives share.
 *
 * @module
 */
import { Place, type Table } from "./place.ts";

/**
 * A place with one archive in each of its repositories.
 *
 * @param tables tables of the configuration
 */
export async function placeWithArchive(tables: Table = {}): Promise<Place> {
  const place = await Place.make(tables);
  await place.init();
  await backUp(place);
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
