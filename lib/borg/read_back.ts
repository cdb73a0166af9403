/**
 * Reads files back from an archive: Borg fetches, decrypts and hashes them, and prints the hashes.
 *
 * @module
 */
import type { BorgRepository } from "./repository.ts";
import { commonArguments } from "./commands.ts";

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
 * The command line that reads files back. `pf:` compares whole paths, so that a name can't be taken
 * for a pattern.
 *
 * @param repository which one
 * @param archive the archive's name
 * @param paths the files, as the archive has them
 * @returns the arguments for `borg`
 */
export function readBackArguments(
  repository: BorgRepository,
  archive: string,
  paths: readonly string[],
): string[] {
  return [
    "list",
    ...commonArguments(repository),
    "--format={size} {sha256} {path}{NUL}",
    "--",
    `${repository.url}::${archive}`,
    ...paths.map((path) => `pf:${path}`),
  ];
}

/**
 * Reads what Borg printed for {@linkcode readBackArguments}.
 *
 * @param stdout what Borg printed
 * @returns the files; what is not of the right form is left out
 */
export function parseReadBack(stdout: string): ArchivedFile[] {
  return stdout.split("\0").flatMap((record) => {
    const match = /^(\d+) ([0-9a-f]{64})? ?(.+)$/s.exec(record);
    if (match === null) return [];
    const [, size = "", sha256, path = ""] = match;
    return [{ path, size: Number(size), sha256 }];
  });
}
