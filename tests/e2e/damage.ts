/**
 * Damages repositories.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { join } from "node:path";

/**
 * The largest file of a repository's segments.
 *
 * @param repositoryPath where the repository is
 */
export function largestSegment(repositoryPath: string): string {
  const files = [...Deno.readDirSync(join(repositoryPath, "data", "0"))]
    .map(({ name }) => join(repositoryPath, "data", "0", name));
  files.sort((a, b) => Deno.statSync(b).size - Deno.statSync(a).size);
  return files[0] ?? "";
}

/**
 * Flips one bit of a file.
 *
 * @param path the file
 * @param at the byte
 */
export async function flipBit(path: string, at: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
}

/** The head of an entry in a segment: its checksum, its length, what it is. */
const HEAD = 9;
/** What Borg calls an object that it has put into a segment. */
const PUT = 0;

/**
 * Changes the largest object of a segment and its checksum with it, as a thief or a bad controller
 * might: only what decrypts it finds that.
 */
export async function changeUnnoticed(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  let largest = { at: 0, length: 0 };
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (view.getUint8(at + 8) === PUT && length > largest.length) largest = { at, length };
    at += Math.max(HEAD, length);
  }
  const { at, length } = largest;
  bytes[at + length - 50] = (bytes[at + length - 50] ?? 0) ^ 1;
  view.setUint32(at, crc32(bytes.subarray(at + 4, at + length)), true);
  await Deno.writeFile(path, bytes);
}
