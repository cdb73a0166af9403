/**
 * Reads files back from an archive: Borg fetches, decrypts and hashes them, and prints the hashes.
 *
 * @module
 */
import type { BorgRepository } from "./repository.ts";
import { commonArguments } from "./commands.ts";
import { patternLines, PATTERNS_FROM_INPUT } from "./patterns.ts";

/** A file as the archive has it. */
export interface ArchivedFile {
  /** The path in the archive, without a leading slash. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal; `undefined` for what has no content of its own, such as a further hard link. */
  readonly sha256: string | undefined;
}

/**
 * The command line that reads files back. Which ones comes on standard input: there may be more of
 * them than a command line can hold.
 */
export function readBackArguments(repository: BorgRepository, archive: string): string[] {
  return [
    "list",
    ...commonArguments(repository),
    "--format={size} {sha256} {path}{NUL}",
    PATTERNS_FROM_INPUT,
    "--",
    `${repository.url}::${archive}`,
  ];
}

/**
 * What Borg reads on standard input for {@linkcode readBackArguments}. Whole paths are compared, so
 * that a name can't be taken for a pattern.
 */
export function readBackPatterns(paths: readonly string[]): string {
  return patternLines({ include: paths, exclude: [], others: "exclude" });
}

/** Reads what Borg printed for {@linkcode readBackArguments}, without what has another form. */
export function parseReadBack(stdout: string): ArchivedFile[] {
  return stdout.split("\0").flatMap((record) => {
    const match = /^(\d+) ([0-9a-f]{64})? ?(.+)$/s.exec(record);
    if (match === null) return [];
    const [, size = "", sha256, path = ""] = match;
    return [{ path, size: Number(size), sha256 }];
  });
}
