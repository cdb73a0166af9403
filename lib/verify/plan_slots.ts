/**
 * The place of each path in the plan by which files are read back: a number that only depends on the
 * path, so that the plan is the same in each run and needs no list of what was read.
 *
 * @module
 */

/** How many places the plan has. */
export const SLOTS = 2 ** 32;

/** The hash of the empty text; FNV-1a with 32 bits. */
export const EMPTY_HASH = 0x811c9dc5;

/** Hashes more text behind what was hashed: names in a directory share the hash of its path. */
export function extendHash(hash: number, text: string): number {
  let extended = hash;
  for (let at = 0; at < text.length; at += 1) {
    extended = Math.imul(extended ^ text.charCodeAt(at), 0x01000193);
  }
  return extended;
}

/**
 * Makes a slot of a hash: the last characters of a name must change all of its bits, else the files
 * of a directory would come in the same night. The mixing is that of MurmurHash3.
 *
 * @returns a whole number from 0 up to, but not including, {@linkcode SLOTS}
 */
export function slotOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The slot of a path, relative to the root of the sources. */
export function slotOfPath(path: string): number {
  return slotOf(extendHash(EMPTY_HASH, path));
}
