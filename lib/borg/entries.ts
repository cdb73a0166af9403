/**
 * Asks what is in an archive.
 *
 * @module
 */
import { parseTime } from "./archives.ts";
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** What is asked of an archive or extracted from it. */
export type Include =
  /** This path and everything below it, whatever characters it has. */
  | { readonly kind: "path"; readonly path: string }
  /** The paths that match as a whole; a regular expression as Python reads it. */
  | { readonly kind: "pattern"; readonly pattern: string };

/** What an entry is. */
export type EntryType =
  | "file"
  | "directory"
  | "symlink"
  /** A further name of a file that has its content under another name. */
  | "hardlink"
  | "fifo"
  | "block"
  | "character"
  | "other";

/** Something in an archive. */
export interface Entry {
  /** Without a leading slash. Bytes that are not UTF-8 are question marks. */
  readonly path: string;
  readonly type: EntryType;
  /** As `ls` writes it. */
  readonly mode: string;
  readonly user: string;
  readonly group: string;
  /** Bytes; 0 for everything but a file. */
  readonly size: number;
  readonly modified: Date;
  /** Where a link leads; empty for everything else. */
  readonly target: string;
  /** False when parts of the content are lost and were replaced by zeros. */
  readonly healthy: boolean;
  /** Hexadecimal, if it was asked for; `undefined` for what has no content of its own. */
  readonly sha256: string | undefined;
}

/**
 * The command line that lists entries of an archive, one JSON object a line.
 *
 * @param repository which one
 * @param archive the archive's name
 * @param includes what is asked for; everything when empty
 * @param hash whether the content is read for its SHA-256
 * @returns the arguments for `borg`
 */
export function listEntriesArguments(
  repository: BorgRepository,
  archive: string,
  includes: readonly Include[],
  hash: boolean,
): string[] {
  return [
    "list",
    ...commonArguments(repository),
    "--json-lines",
    `--format={mode}{user}{group}{path}{size}{mtime}${hash ? "{sha256}" : ""}`,
    "--",
    `${repository.url}::${archive}`,
    ...includes.map(includeArgument),
  ];
}

/**
 * Writes what is asked for as Borg reads it. The style stands before it, so that no path is taken for
 * an option or a pattern.
 *
 * @param include what is asked for
 * @returns one argument
 */
export function includeArgument(include: Include): string {
  return include.kind === "path" ? `pp:${include.path}` : `re:${include.pattern}`;
}

/**
 * Reads one line of what Borg printed for {@linkcode listEntriesArguments}.
 *
 * @param line a line without its line break
 * @returns the entry, or `undefined` when the line is none
 */
export function parseEntry(line: string): Entry | undefined {
  const fields = parseObject(line);
  if (fields === undefined) return undefined;
  const { path, mode, size, mtime } = fields;
  if (typeof path !== "string" || typeof mode !== "string") return undefined;
  if (typeof size !== "number" || typeof mtime !== "string") return undefined;
  const modified = parseTime(mtime);
  if (modified === undefined) return undefined;
  const type = typeOf(mode);
  const sha256 = text(fields.sha256);
  return {
    path,
    type,
    mode: type === "hardlink" ? `-${mode.slice(1)}` : mode,
    user: text(fields.user),
    group: text(fields.group),
    size: type === "file" ? size : 0,
    modified,
    target: text(fields.source),
    healthy: fields.healthy !== false,
    sha256: type === "file" && sha256 !== "" ? sha256 : undefined,
  };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const TYPES: Readonly<Record<string, EntryType>> = {
  "-": "file",
  d: "directory",
  l: "symlink",
  h: "hardlink",
  p: "fifo",
  b: "block",
  c: "character",
};

function typeOf(mode: string): EntryType {
  return TYPES[mode.charAt(0)] ?? "other";
}

/** A user without a name is a number. */
function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
