/** Compares files of an archive with their source. @module */
import { humanCount } from "../text/units.ts";
import { createHash } from "node:crypto";
import type { ArchivedFile } from "../borg/read_back.ts";

/** What came of a comparison. */
export type Comparison =
  /** The archive has exactly what the source has. */
  | { readonly kind: "equal"; readonly path: string; readonly size: number }
  /** The archive has something else. */
  | { readonly kind: "different"; readonly path: string; readonly why: string }
  /** The source changed since the backup began, so nothing can be said. */
  | { readonly kind: "changed"; readonly path: string };

/**
 * File systems keep the time of a change in ticks of the kernel, which lag behind the clock by up
 * to 10 ms; some keep whole seconds only.
 */
const SLACK = 2_000;

/**
 * Compares one file. A file whose status did not change since before the backup began must be the
 * same byte for byte; in a snapshot that is every file.
 *
 * @param began when the backup began, in milliseconds since 1970
 */
export async function compare(
  root: string,
  file: ArchivedFile,
  began: number,
): Promise<Comparison> {
  const { path, sha256 } = file;
  const source = `${root}/${path}`;
  try {
    const before = await Deno.lstat(source);
    const changedAt = before.ctime?.getTime();
    const unchanged = changedAt !== undefined && changedAt < began - SLACK;
    if (!unchanged || !before.isFile || sha256 === undefined) return { kind: "changed", path };
    if (before.size !== file.size) {
      const why = `the source has ${humanCount(before.size)} bytes, the archive ${
        humanCount(file.size)
      }`;
      return { kind: "different", path, why };
    }
    const hash = await sha256Of(source, before.size);
    const after = await Deno.lstat(source);
    const still = after.ctime?.getTime() === changedAt && after.size === before.size;
    if (!still) return { kind: "changed", path };
    if (hash === sha256) return { kind: "equal", path, size: file.size };
    return { kind: "different", path, why: "the content differs (SHA-256)" };
  } catch {
    // Gone or unreadable by now: Borg has read it, so the source is what changed.
    return { kind: "changed", path };
  }
}

/**
 * Checks a file that is not in the archive. It should be if it existed before the backup began and did
 * not change since.
 *
 * @param began when the backup began, in milliseconds since 1970
 */
export async function lookForLost(root: string, path: string, began: number): Promise<Comparison> {
  try {
    const changedAt = (await Deno.lstat(`${root}/${path}`)).ctime?.getTime();
    if (changedAt === undefined || changedAt >= began - SLACK) return { kind: "changed", path };
    return { kind: "different", path, why: "it is not in the archive" };
  } catch {
    return { kind: "changed", path };
  }
}

/** Files up to this size, in bytes, are read at once: that takes one call instead of four. */
const AT_ONCE = 1_048_576;

async function sha256Of(path: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  if (size <= AT_ONCE) return hash.update(await Deno.readFile(path)).digest("hex");
  using file = await Deno.open(path, { read: true });
  const buffer = new Uint8Array(262_144);
  for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
    hash.update(buffer.subarray(0, read));
  }
  return hash.digest("hex");
}
