/**
 * Entries of an archive for people and for programs. Pure.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { printableLine } from "../text/printable.ts";
import { localTime } from "../text/local_time.ts";

/**
 * Writes an entry as `ls -l` does.
 *
 * @returns one line without its line break
 */
export function entryLine(entry: Entry): string {
  const { mode, user, group, size, modified, path, target, type } = entry;
  const link = type === "symlink" ? ` -> ${target}` : type === "hardlink" ? ` = /${target}` : "";
  const damaged = entry.healthy ? "" : "  (damaged: parts are lost and were replaced by zeros)";
  const columns = [
    mode,
    user.padEnd(8),
    group.padEnd(8),
    String(size).padStart(12),
    localTime(modified),
    `/${path}${link}`,
  ];
  return printableLine(columns.join(" ")) + damaged;
}

/** An entry as programs read it. Times are ISO 8601 in UTC. */
export interface EntryReport {
  /** With a leading slash. */
  readonly path: string;
  readonly type: Entry["type"];
  readonly mode: string;
  readonly user: string;
  readonly group: string;
  readonly bytes: number;
  readonly modifiedAt: string;
  /** Where a link leads; `null` for everything else. */
  readonly target: string | null;
  /** False when parts of the content are lost. */
  readonly healthy: boolean;
}

/** Brings an entry into the shape for programs. */
export function entryReport(entry: Entry): EntryReport {
  const { type, mode, user, group, size, modified, target, healthy } = entry;
  return {
    path: `/${entry.path}`,
    type,
    mode,
    user,
    group,
    bytes: size,
    modifiedAt: modified.toISOString(),
    target: target === "" ? null : target,
    healthy,
  };
}
