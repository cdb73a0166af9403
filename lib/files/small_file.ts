/** Reads files that another user may have put there: configurations, secrets, certificates, and what
 * the program itself has written down. They may be named wrongly, or be put there to do harm: a device
 * never ends, a pipe without a writer never begins, and 100 MB of comments keep a parser busy for a
 * minute. So nothing is opened that is no regular file, and nothing is read without end.
 *
 * @module
 */

/** No file that is read here is larger, in bytes. */
export const LARGEST = 1_048_576;

/** The largest file that the program itself writes and reads as a whole, in bytes. */
export const LARGEST_OWN: number = 64 * LARGEST;

/**
 * Reads a file that must be small.
 *
 * @param largest how large it may be, in bytes; whole MiB
 * @throws {Error} Deno's own when it can't be read; one that says so when it is larger, or no regular
 *   file
 */
export async function readSmallFile(path: string, largest: number = LARGEST): Promise<Uint8Array> {
  using file = await openRegularFile(path);
  if ((await file.stat()).size > largest) throw tooLarge(largest);
  const content = new Content(largest);
  for (;;) {
    const count = await file.read(content.room());
    if (count === null) return content.bytes();
    content.add(count);
  }
}

/** Reads a small file as {@linkcode readSmallFile} does, at once. */
export function readSmallFileSync(path: string, largest: number = LARGEST): Uint8Array {
  requireRegular(path, Deno.statSync(path));
  using file = Deno.openSync(path, { read: true });
  if (file.statSync().size > largest) throw tooLarge(largest);
  const content = new Content(largest);
  for (;;) {
    const count = file.readSync(content.room());
    if (count === null) return content.bytes();
    content.add(count);
  }
}

/** Reads a small text file as {@linkcode readSmallFile} does; what is not UTF-8 becomes U+FFFD. */
export async function readSmallText(path: string, largest: number = LARGEST): Promise<string> {
  return new TextDecoder().decode(await readSmallFile(path, largest));
}

/** Reads a small file of JSON; `undefined` when it can't be read, or is damaged. */
export async function readSmallJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readSmallText(path));
  } catch {
    return undefined;
  }
}

/**
 * Opens a file for reading, of whatever size. A pipe is refused: opening it waits for a writer, and as
 * long as that waits the runtime can't even end (seen with Deno 2.6).
 *
 * @throws {Error} Deno's own when it can't be opened; one that says so when it is no regular file
 */
export async function openRegularFile(path: string): Promise<Deno.FsFile> {
  requireRegular(path, await Deno.stat(path));
  return await Deno.open(path, { read: true });
}

function requireRegular(path: string, info: Deno.FileInfo): void {
  if (info.isFile) return;
  if (info.isDirectory) throw new Deno.errors.IsADirectory(path);
  throw new Error(`it is a ${kindOf(info)}, expected a file`);
}

function kindOf({ isFifo, isSocket }: Deno.FileInfo): string {
  if (isFifo === true) return "pipe";
  return isSocket === true ? "socket" : "device";
}

/** What was read so far, of a file that may grow meanwhile. */
class Content {
  readonly #largest: number;
  #bytes = new Uint8Array(16_384);
  #length = 0;

  constructor(largest: number) {
    this.#largest = largest;
  }

  /** Where the next bytes go. */
  room(): Uint8Array {
    if (this.#length === this.#bytes.length) {
      const wider = new Uint8Array(Math.min(this.#length * 4, this.#largest + 1));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    return this.#bytes.subarray(this.#length);
  }

  add(count: number): void {
    this.#length += count;
    if (this.#length > this.#largest) throw tooLarge(this.#largest);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

function tooLarge(largest: number): Error {
  return new Error(`it is larger than ${largest / 1024 ** 2} MiB, expected a small file`);
}
