/** What the root of a source tells: where it is mounted, and whether Borg skips it. @module */
import { dirname, join } from "node:path";
import type { StagingFiles } from "../staging/staging_files.ts";

/** The calls of the file system that are made; they may fail or hang. */
export type FactFiles = Pick<StagingFiles, "lstat" | "readDir" | "realPath">;

/** What makes Borg skip directories by what is in them. */
export interface SkipRules {
  readonly excludeIfPresent: readonly string[];
  readonly excludeCaches: boolean;
}

/** What makes Borg skip a source, and the key of the configuration that says so. */
export interface SkipMarker {
  readonly name: string;
  readonly key: string;
}

/** A directory is a cache when its file of this name starts with this signature. */
const CACHE_TAG = {
  name: "CACHEDIR.TAG",
  signature: "Signature: 8a477f597d28d172789f06886806bc55",
};

/** What in the root of a source makes Borg skip all of it. */
export async function markerIn(
  files: FactFiles,
  staged: string,
  { excludeIfPresent, excludeCaches }: SkipRules,
): Promise<SkipMarker | undefined> {
  for (const name of excludeIfPresent) {
    const there = await files.realPath(join(staged, name)).then(() => true, () => false);
    if (there) return { name, key: "sources.exclude_if_present" };
  }
  if (excludeCaches && await isCache(files, staged)) {
    return { name: CACHE_TAG.name, key: "sources.exclude_caches" };
  }
  return undefined;
}

/** Whether a name in a directory may make Borg skip that directory. */
export function isMarker(name: string, { excludeIfPresent, excludeCaches }: SkipRules): boolean {
  return excludeIfPresent.includes(name) || (excludeCaches && name === CACHE_TAG.name);
}

async function isCache(files: FactFiles, staged: string): Promise<boolean> {
  const path = join(staged, CACHE_TAG.name);
  try {
    // Opening a pipe would wait for a writer.
    if (!(await statOf(files, path)).isFile) return false;
    using file = await Deno.open(path);
    const start = new Uint8Array(CACHE_TAG.signature.length);
    const length = await file.read(start);
    return new TextDecoder().decode(start.subarray(0, length ?? 0)) === CACHE_TAG.signature;
  } catch {
    return false;
  }
}

/**
 * Where the file system of a live directory is mounted: the outermost directory on the same device.
 * A bind mount of a file system onto itself does not show.
 */
export async function mountPointOf(files: FactFiles, path: string): Promise<string> {
  const { dev } = await statOf(files, path);
  let at = path;
  for (let above = dirname(at); above !== at; at = above, above = dirname(at)) {
    if ((await statOf(files, above)).dev !== dev) break;
  }
  return at;
}

/** What a path leads to. */
async function statOf(files: FactFiles, path: string): Promise<Deno.FileInfo> {
  return await files.lstat(await files.realPath(path));
}
