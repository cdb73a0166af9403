/** The calls of the file system that staging makes. @module */
import { inTime } from "../async/deadline.ts";

/** Comes in from the outside, so that every call can fail, hang or lie in a test. */
export type StagingFiles = Pick<
  typeof Deno,
  "lstat" | "mkdir" | "readDir" | "readLink" | "realPath" | "remove" | "symlink" | "writeFile"
>;

/** How long a look at a directory may take, in milliseconds: the file system below it may hang. */
export const TIMEOUT = 30_000;

/**
 * Looks at a path, but not for ever.
 *
 * @throws {Error} when it is not there, or does not answer
 */
export async function look(
  files: StagingFiles,
  path: string,
  limit = TIMEOUT,
): Promise<Deno.FileInfo> {
  return await inTime(files.lstat(path), limit);
}

/** Whether a directory has no entry. */
export async function isEmpty(
  files: Pick<StagingFiles, "readDir">,
  path: string,
): Promise<boolean> {
  for await (const _entry of files.readDir(path)) return false;
  return true;
}
