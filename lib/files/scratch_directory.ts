import { join } from "node:path";

/**
 * Makes a directory of a new name that only its owner can enter, for files that are gone with the
 * work. `Deno.makeTempDirSync` isn't used: compiled with Deno 2.6 it asks for a permission of its own
 * where no parent is given, although every path may be written.
 *
 * @param parent `undefined` for the directory for temporary files, `TMPDIR` or `/tmp`: there a new
 * directory, never one that is there, is safe from other users
 * @throws what `Deno.mkdirSync` throws, also when the parent is missing
 */
export function makeScratchDirectory(parent: string | undefined, prefix: string): string {
  const path = join(parent ?? temporaryFiles(), `${prefix}${crypto.randomUUID()}`);
  Deno.mkdirSync(path, { mode: 0o700 });
  return path;
}

function temporaryFiles(): string {
  const chosen = Deno.env.get("TMPDIR");
  return chosen === undefined || chosen === "" ? "/tmp" : chosen;
}
