/** The end of a log, for services that keep it. @module */
import { openRegularFile } from "../../files/small_file.ts";

/** As much as such services keep, in bytes. */
const LARGEST = 9_000;

/** Reads the last lines of a log; `undefined` when it can't be read. */
export async function logEnd(path: string): Promise<string | undefined> {
  try {
    using file = await openRegularFile(path);
    const { size } = await file.stat();
    const start = Math.max(0, size - LARGEST);
    await file.seek(start, Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.min(size, LARGEST));
    let filled = 0;
    while (filled < bytes.length) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    const text = new TextDecoder().decode(bytes.subarray(0, filled));
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } catch {
    return undefined;
  }
}
