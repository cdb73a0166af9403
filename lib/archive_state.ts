/** What became of an archive, as far as this machine knows. @module */

/**
 * What can have become of one. `missing`: it went without us; `replaced`: it went, and another one has
 * its name; `foreign`: this machine did not make it; `misdated`: nor did it make this one, which is
 * dated before what was there already, or in the future; `removed`: by our own pruning or by hand
 * through `autoborg borg`.
 */
export const ARCHIVE_STATES = [
  "present",
  "missing",
  "replaced",
  "foreign",
  "misdated",
  "removed",
] as const;

/** What became of an archive. */
export type ArchiveState = typeof ARCHIVE_STATES[number];

/** Whether this machine did not make an archive. */
export function isOfOthers(state: ArchiveState): boolean {
  return state === "foreign" || state === "misdated";
}
