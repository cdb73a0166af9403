/** Asks what is in an archive. @module */
import { parseTime } from "./archives.ts";
import { commonArguments } from "./commands.ts";
import { PATTERNS_FROM_INPUT } from "./patterns.ts";
import type { BorgRepository } from "./repository.ts";
import { pythonString } from "../text/python_literal.ts";

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
  /** Without a leading slash, unless the archive is malicious. Bytes that are not UTF-8 are
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
  /** Whether each line begins with Borg's id of the archive; else with a dash. */
  readonly id?: boolean;
}

/**
 * The command line that lists entries of an archive (all without includes), one a line as
 * {@linkcode parseEntry} reads it. It is not `--json-lines`, which does not name the archive's
 * id in Borg 1.2; `!a` makes Borg write a text as Python does, in ASCII and in quotes, so that no name can end a
 * field or a line.
 */
export function listEntriesArguments(
  repository: BorgRepository,
  archive: string,
  includes: readonly Include[],
  { hash = false, patterns = false, id = false }: ListOptions = {},
): string[] {
  const begin = id ? "{archiveid}" : "-";
  const texts = `{user!a} {group!a} {source!a} {path!a}${hash ? " {sha256!a}" : ""}`;
  return [
    "list",
    ...commonArguments(repository),
    `--format=${begin} {type} {mode} {uid} {size} {isomtime} {health} ${texts}{NL}`,
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

/** A text in Python's quotes, or a number or `None` where there is no text. */
const TEXT = String.raw`('[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"|\d+|None)`;

const LINE = new RegExp(
  String.raw`^(?:-|[0-9a-f]{64}) (.) (\S{10}) (\d+|None) (\d+) (\S+) (healthy|broken) ` +
    `${TEXT} ${TEXT} ${TEXT} ${TEXT}(?: ${TEXT})?$`,
);

/** Reads one line of that list, without its line break; `undefined` when it is no entry. */
export function parseEntry(line: string): Entry | undefined {
  const fields = LINE.exec(line);
  if (fields === null) return undefined;
  const [, kind = "", mode = "", uid = "", size, mtime = "", health] = fields;
  const [user = "", group = "", target = "", path = "", sha256 = ""] = fields.slice(7)
    .map((field) => pythonString(field ?? ""));
  const modified = parseTime(mtime);
  if (modified === undefined) return undefined;
  const type = typeOf(mode, kind);
  return {
    path,
    type,
    mode: mode.startsWith("h") ? `${kind}${mode.slice(1)}` : mode,
    user,
    ...(uid === "None" ? {} : { uid: Number(uid) }),
    group,
    size: type === "file" ? Number(size) : 0,
    modified,
    target,
    healthy: health !== "broken",
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
