/**
 * Damages repositories.
 *
 * @module
 */
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
