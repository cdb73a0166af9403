/**
 * Lists an archive as cheaply as Borg can: 200,000 entries cost it 2.8 seconds of CPU time, as lines
 * of JSON 4.9 (measured with Borg 1.2.4). Pure.
 *
 * @module
 */
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** Something in an archive, as far as it is counted. */
export interface SizedEntry {
  readonly path: string;
  /** A regular file with content of its own: what Borg counts as a file. */
  readonly isFile: boolean;
  /** Bytes. */
  readonly size: number;
}

/**
 * The command line that lists the entries of an archive for {@linkcode parseSizedEntry}.
 *
 * @param mark random letters and digits that each line begins with: a name may hold a line break,
 *   and what follows it must not look like an entry
 */
export function listSizesArguments(
  repository: BorgRepository,
  archive: string,
  mark: string,
): string[] {
  return [
    "list",
    ...commonArguments(repository),
    `--format=${mark} {mode} {size} {path}{NL}`,
    "--",
    `${repository.url}::${archive}`,
  ];
}

/** Reads one entry of that list, its path with all line breaks; `undefined` when it is none. */
export function parseSizedEntry(line: string, mark: string): SizedEntry | undefined {
  if (!line.startsWith(`${mark} `)) return undefined;
  const mode = mark.length + 1;
  const size = line.indexOf(" ", mode) + 1;
  const path = line.indexOf(" ", size) + 1;
  if (size === 0 || path === 0) return undefined;
  // A further name of a file has an "h" there, whatever it is.
  const isFile = line[mode] === "-";
  return { path: line.slice(path), isFile, size: isFile ? Number(line.slice(size, path)) : 0 };
}
