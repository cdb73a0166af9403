import { AppError, reasonOf } from "../errors.ts";

/**
 * Replaces a file so that readers see either the old one or the whole new one, also when the disk
 * is full or the power fails.
 *
 * @param path the file
 * @param text its new content
 * @param mode its bits
 * @throws {AppError} when it can't be written; the old file is then still there
 */
export function replaceFile(path: string, text: string, mode: number): void {
  // In the same directory, as renaming is atomic only there. Prometheus reads names with .prom.
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.new`;
  try {
    {
      using file = Deno.openSync(temporary, { write: true, createNew: true, mode });
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      file.syncSync();
    }
    // The umask may have taken bits away.
    Deno.chmodSync(temporary, mode);
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw new AppError(`Cannot write "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never made, or goes with the directory.
  }
}
