import { closeSync, fchmodSync, fstatSync, openSync } from "node:fs";

/**
 * Sets the permissions of a file that was just made, whatever the umask took away from them. Where
 * another user may write to the directory, a link could be put in the file's place meanwhile, and
 * `chmod` would follow it to any file of the system: so only the file that is open is changed.
 *
 * @throws {Error} when the path leads to another file by now, or the permissions can't be set
 */
export function setOpenMode(file: Deno.FsFile, path: string, mode: number): void {
  const made = file.statSync();
  if (((made.mode ?? 0) & 0o7777) === mode) return;
  const descriptor = openSync(path, "r");
  try {
    const found = fstatSync(descriptor);
    if (found.dev !== made.dev || found.ino !== made.ino) {
      throw new Error(`"${path}" was replaced while it was written`);
    }
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
