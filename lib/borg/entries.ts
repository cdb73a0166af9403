/** Asks what is in an archive. @module */
import { parseTime } from "./archives.ts";
import { commonArguments } from "./commands.ts";
import { parseObject } from "./json.ts";
import { PATTERNS_FROM_INPUT } from "./patterns.ts";
import type { BorgRepository } from "./repository.ts";

/** What is asked of an archive or extracted from it. */
export type Include =
  /** This path and everything below it, whatever characters it has. */
  | { readonly kind: "path"; readonly path: string }
  /** This path alone. */
  | { readonly kind: "exact"; readonly path: string }
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
  /**
   * Without a leading slash, unless whoever made the archive meant harm. Bytes that are not UTF-8 are
   * question marks.
   */
  readonly path: string;
  readonly type: EntryType;
  /** As `ls` writes it. */
  readonly mode: string;
  readonly user: string;
  /** The number of its owner; it is what counts when owners are restored by number. */
  readonly uid?: number;
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

/** Options of {@linkcode listEntriesArguments}. */
interface ListOptions {
  /** Whether the content is read for its SHA-256. */
  readonly hash?: boolean;
  /** Whether patterns come on standard input. */
  readonly patterns?: boolean;
}

/** The command line that lists entries of an archive as lines of JSON (all without includes). */
export function listEntriesArguments(
  repository: BorgRepository,
  archive: string,
  includes: readonly Include[],
  { hash = false, patterns = false }: ListOptions = {},
): string[] {
  return [
    "list",
    ...commonArguments(repository),
    "--json-lines",
    `--format={mode}{user}{uid}{group}{path}{size}{mtime}${hash ? "{sha256}" : ""}`,
    ...(patterns ? [PATTERNS_FROM_INPUT] : []),
    "--",
    `${repository.url}::${archive}`,
    ...includes.map(includeArgument),
  ];
}

/**
 * Writes what is asked for as Borg reads it. The style stands before it, so that no path is taken for
 * an option or a pattern.
 */
export function includeArgument(include: Include): string {
  switch (include.kind) {
    case "path":
      return `pp:${include.path}`;
    case "exact":
      return `pf:${include.path}`;
    case "pattern":
      return `re:${include.pattern}`;
  }
}

/** Reads one line of that list, without its line break; `undefined` when it is no entry. */
export function parseEntry(line: string): Entry | undefined {
  const fields = parseObject(line);
  if (fields === undefined) return undefined;
  const { path, mode, size, mtime } = fields;
  if (typeof path !== "string" || typeof mode !== "string") return undefined;
  if (typeof size !== "number" || typeof mtime !== "string") return undefined;
  const modified = parseTime(mtime);
  if (modified === undefined) return undefined;
  const type = typeOf(mode, text(fields.type));
  const sha256 = text(fields.sha256);
  return {
    path,
    type,
    mode: mode.startsWith("h") ? `${text(fields.type) || "-"}${mode.slice(1)}` : mode,
    user: text(fields.user),
    ...(typeof fields.uid === "number" ? { uid: fields.uid } : {}),
    group: text(fields.group),
    size: type === "file" ? size : 0,
    modified,
    target: text(fields.source),
    healthy: fields.healthy !== false,
    sha256: type === "file" && sha256 !== "" ? sha256 : undefined,
  };
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

/** Borg writes an "h" for whatever has a target, but goes by the type when it extracts. */
function typeOf(mode: string, type: string): EntryType {
  const first = mode.charAt(0);
  return TYPES[first === "h" && type !== "" && type !== "-" ? type : first] ?? "other";
}

/** A user without a name is a number. */
function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
