/**
 * Reads files that people write by hand, or that hold a little: configurations, secrets, certificates,
 * notes of the program. They may be named wrongly, or be put there to do harm: a device never ends, a
 * pipe without a writer never begins, and 100 MB of comments keep a parser busy for a minute.
 *
 * @module
 */

/** No file that is read here is larger, in bytes. */
export const LARGEST = 1_048_576;

/**
 * Reads a file that must be small. A pipe is refused: opening it waits for a writer, and as long as that
 * waits the runtime can't even end (seen with Deno 2.6).
 *
 * @param path the file
 * @returns its bytes
 * @throws {Error} Deno's own when it can't be read; one that says so when it is larger than 1 MiB, or a
 *   pipe
 */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  const { isDirectory, isFile, isFifo, size } = await Deno.stat(path);
  if (isDirectory) throw new Deno.errors.IsADirectory(path);
  if (isFifo === true) throw new Error("it is a pipe, expected a file");
  if (isFile && size > LARGEST) throw tooLarge();
  return await readAtMost(path);
}

/**
 * Reads a text file that must be small.
 *
 * @param path the file
 * @returns its text; bytes that are not UTF-8 are U+FFFD
 * @throws {Error} as {@linkcode readSmallFile} does
 */
export async function readSmallText(path: string): Promise<string> {
  return new TextDecoder().decode(await readSmallFile(path));
}

/** Reads no more than it takes to know that a file is too large. */
async function readAtMost(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path, { read: true });
  let bytes = new Uint8Array(16_384);
  let length = 0;
  for (;;) {
    if (length === bytes.length) {
      if (length > LARGEST) throw tooLarge();
      const wider = new Uint8Array(Math.min(length * 4, LARGEST + 1));
      wider.set(bytes);
      bytes = wider;
    }
    const count = await file.read(bytes.subarray(length));
    if (count === null) return bytes.slice(0, length);
    length += count;
    if (length > LARGEST) throw tooLarge();
  }
}

function tooLarge(): Error {
  return new Error("it is larger than 1 MiB, expected a small file");
}
