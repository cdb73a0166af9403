/** Tells when Borg has lost its files cache. @module */

/**
 * What Borg 1.2 and 1.4 say of a files cache that is missing or damaged. One that is there and can't be
 * read, as on a failing disk, is none of these: it will not be better in the next run.
 */
const LOST =
  /^The files cache (?:can't be read\. \[\[Errno 2\] |seems invalid\. \[|is corrupted\. \[).*\]$/s;
const CONTINUING = "Continuing without files cache - expect lower performance.";

/**
 * Whether a message says that the files cache is lost. That is harmless: Borg reads all files once more,
 * and writes a new one.
 */
export function isFilesCacheLost(message: string): boolean {
  return LOST.test(message);
}

/** Whether a message is Borg's comment on a files cache that it goes on without. */
export function isOnFilesCache(message: string): boolean {
  return isFilesCacheLost(message) || message === CONTINUING;
}
