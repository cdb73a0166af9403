/**
 * The names of pins. A pin is an empty archive in the same repository whose name tells which other one is
 * kept. It begins with no name of a series and ends with no run id, so that neither our own glob nor a
 * glob such as `web-*`, which people type for Borg's own prune, ever matches it.
 *
 * @module
 */

/** A glob that matches the pins of all archives. */
export const PIN_GLOB = "autoborg.*.pin";

/** Writes the name of the pin of an archive. */
export function pinName(archive: string): string {
  return `autoborg.${archive}.pin`;
}

/**
 * Reads which archive a pin is for; `undefined` when the name is not one of a pin. What Borg leaves of one
 * when it is killed while it changes the reason is a pin, too.
 */
export function pinnedArchive(name: string): string | undefined {
  return /^autoborg\.(.+)\.pin(?:\.recreate)?$/s.exec(name)?.[1];
}

/** Says that a pin is gone. */
export function pinGoneText(archive: string): string {
  return `the pin of ${JSON.stringify(archive)} is gone, and autoborg did not remove it`;
}
