import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { flushDirectory } from "./durable_file.ts";
import { makePrivateDirectory } from "./private_directory.ts";

/** Writes files that only their owner can read, none of which may exist; all of them, or none. */
export function writeNewFiles(directory: string, files: ReadonlyMap<string, string>): void {
  makePrivateDirectory({ path: directory, key: "--write", mode: 0o700, link: "allowed" });
  const made: string[] = [];
  for (const [name, text] of files) {
    const path = join(directory, name);
    try {
      using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
      made.push(path);
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      file.syncSync();
    } catch (error) {
      for (const one of made) Deno.removeSync(one);
      throw new AppError(`Cannot write ${JSON.stringify(path)}: ${reasonOf(error)}`, {
        hint: "Choose a directory without such a file, then compare the two",
        cause: error,
      });
    }
  }
  flushDirectory(directory);
}
