/** Makes an entry of the fields of an item, as `borg list` shows it. Pure. @module */
import type { Buffer } from "node:buffer";
import type { Entry, EntryType } from "./entries.ts";

/** The fields that matter. */
export interface ItemFields {
  path?: string;
  /** Where a link leads. */
  source?: string;
  user?: string;
  group?: string;
  mode?: number;
  uid?: number;
  gid?: number;
  /** Nanoseconds since 1970, as exactly as a number can hold them. */
  mtime?: number;
  size?: number;
  /** Set on what a Borg before 1.2 stored of a file at a checkpoint; no entry of the archive. */
  part?: number;
  hasContent?: true;
  /** Parts of the content are lost. */
  isDamaged?: true;
}

const TYPES: Readonly<Record<number, readonly [letter: string, type: EntryType]>> = {
  0o14: ["s", "other"],
  0o12: ["l", "symlink"],
  0o10: ["-", "file"],
  0o6: ["b", "block"],
  0o4: ["d", "directory"],
  0o2: ["c", "character"],
  0o1: ["p", "fifo"],
};

/** Makes the entry; an item with what no file has is an entry of type `other`. */
export function entryOf(fields: ItemFields): Entry {
  const { path = "", source: target = "", user, group, mode = 0, uid, gid } = fields;
  const { mtime = 0, size = 0 } = fields;
  const [letter, kind] = TYPES[mode >> 12] ?? ["?", "other"];
  const type = kind === "file" && target !== "" ? "hardlink" : kind;
  return {
    path,
    type,
    mode: letter + permissionsOf(mode & 0o7777),
    user: user || String(uid ?? ""),
    ...(uid === undefined ? {} : { uid }),
    group: group || String(gid ?? ""),
    size: type === "file" ? size : 0,
    // Borg rounds to microseconds, and cuts what is less than a millisecond off with us.
    modified: new Date(Math.floor(Math.round(mtime / 1_000) / 1_000)),
    target,
    healthy: fields.isDamaged !== true,
    sha256: undefined,
  };
}

const PERMISSIONS = new Map<number, string>();

function permissionsOf(bits: number): string {
  const known = PERMISSIONS.get(bits) ?? writtenOut(bits);
  PERMISSIONS.set(bits, known);
  return known;
}

/** As `stat.filemode` of Python writes them. */
function writtenOut(mode: number): string {
  const bits = [..."rwxrwxrwx"].map((bit, index) => (mode & (0o400 >> index)) !== 0 ? bit : "-");
  const special = [[0o4000, 2, "s"], [0o2000, 5, "s"], [0o1000, 8, "t"]] as const;
  for (const [bit, at, sign] of special) {
    if ((mode & bit) !== 0) bits[at] = bits[at] === "x" ? sign : sign.toUpperCase();
  }
  return bits.join("");
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a text; what is no UTF-8 becomes question marks, one for each byte, as Borg writes it. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  let at = from;
  while (at < to && (bytes[at] ?? 0) < 0x80) at += 1;
  // A call of the decoder costs more than a short text.
  if (at === to) return bytes.toString("latin1", from, to);
  const part = bytes.subarray(from, to);
  try {
    return STRICT.decode(part);
  } catch {
    return withQuestionMarks(part);
  }
}

function withQuestionMarks(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at);
    text += length === undefined ? "?" : STRICT.decode(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}

/** The number of bytes of the character here, if there is one. */
function characterAt(bytes: Uint8Array, at: number): number | undefined {
  for (const length of [1, 2, 3, 4]) {
    try {
      STRICT.decode(bytes.subarray(at, at + length));
      return at + length <= bytes.length ? length : undefined;
    } catch {
      // It is longer, or none.
    }
  }
  return undefined;
}
