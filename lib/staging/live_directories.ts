/**
 * Source directories that are read as they are, where they are.
 *
 * @module
 */
import { reasonOf } from "../errors.ts";
import type { Problem } from "../backup/outcome.ts";
import type { Staging } from "./staging.ts";
import type { StagingFiles } from "./system.ts";

/** How long a look at a directory may take: the file system below it may hang. */
const PATIENCE = 30_000;

/** A directory that is there, or what is wrong with it. */
type DirectoryLook =
  | { readonly kind: "there"; readonly path: string; readonly info: Deno.FileInfo }
  | { readonly kind: "unusable"; readonly problem: Problem };

/** Looks whether a source directory can be read. */
async function lookAt(path: string, files: StagingFiles): Promise<DirectoryLook> {
  try {
    const info = await inTime(files.lstat(path), PATIENCE);
    if (!info.isSymlink) return { kind: "there", path, info };
    const target = await inTime(files.realPath(path), PATIENCE);
    return unusable(
      `Cannot back up "${path}": it is a symbolic link, and the archive would hold the link alone`,
      `Name the directory itself in sources.directories: "${target}"`,
    );
  } catch (error) {
    return unusable(
      `Cannot back up "${path}": ${reasonOf(error)}`,
      `Create it, mount it, or take it out of sources.directories`,
    );
  }
}

/**
 * Looks at all source directories.
 *
 * @param directories absolute and normalised
 * @param files the file system
 * @returns those that are there; a problem for each of the others
 */
export async function lookAtAll(
  directories: readonly string[],
  files: StagingFiles,
): Promise<{ readonly paths: readonly string[]; readonly problems: readonly Problem[] }> {
  const looks = await Promise.all([...new Set(directories)].map((path) => lookAt(path, files)));
  return {
    paths: looks.flatMap((look) => look.kind === "there" ? [look.path] : []),
    problems: looks.flatMap((look) => look.kind === "unusable" ? [look.problem] : []),
  };
}

/**
 * Stages directories without any ZFS: Borg reads them in place.
 *
 * @param paths directories that are there
 * @param problems what is known to be wrong with the others
 */
export function stageLive(paths: readonly string[], problems: readonly Problem[]): Staging {
  const relative = paths.map(relativeToRoot);
  return {
    sources: relative.length === 0 ? undefined : { root: "/", paths: relative },
    problems,
    release: () => Promise.resolve([]),
  };
}

/** A live path as it is named in the archive: without its leading slash; `.` for the root. */
function relativeToRoot(path: string): string {
  const relative = path.replace(/^\/+/, "");
  // A lone "-" would be standard input for Borg.
  if (relative === "-") return "./-";
  return relative === "" ? "." : relative;
}

/**
 * Waits for a promise, but not for ever.
 *
 * @param promise what may hang
 * @param limit milliseconds
 * @throws {Error} when it takes longer
 */
export async function inTime<T>(promise: Promise<T>, limit: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${limit / 1_000} seconds`)),
      limit,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unusable(message: string, hint: string): DirectoryLook {
  return { kind: "unusable", problem: { severity: "error", message, hint } };
}
