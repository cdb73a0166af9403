/** Reads the configuration file of a repository on this machine. @module */
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { type FreshKey, parseKeyExport } from "./key_export.ts";

/** What limits a repository, as its own configuration has it. Sizes are bytes. */
interface RepositoryLimits {
  /** Absent: none. */
  readonly quota?: number;
  /** Free space that Borg does not touch. */
  readonly reserved?: number;
  /** Free space without which Borg refuses to write; absent: it needs little. */
  readonly working?: number;
  /** What is removed stays in it. */
  readonly appendOnly?: true;
}

/** Reads the limits of a repository; none when its configuration can't be read. */
export async function readLimits(directory: string): Promise<RepositoryLimits> {
  try {
    return parseLimits(await readSmallText(join(directory, "config")));
  } catch {
    // Borg itself says what is wrong with the repository.
    return {};
  }
}

/** Reads Borg's id of a repository; `undefined` when its configuration can't be read. */
export async function readRepositoryId(directory: string): Promise<string | undefined> {
  try {
    return idIn(await readSmallText(join(directory, "config")));
  } catch {
    return undefined;
  }
}

/**
 * Borg keeps room for one segment and one object, to be able to compact: `check_free_space()` in its
 * `repository.py`, for a repository with ten segments or more in which something was removed.
 */
const LARGEST_OBJECT = 20 * 1_048_576;

/** Reads the limits in the text of a repository's `config`. */
export function parseLimits(text: string): RepositoryLimits {
  const [, section = ""] = /^\[repository\]$([^]*?)(?=^\[|$(?![^]))/m.exec(text) ?? [];
  const value = (key: string) =>
    new RegExp(`^${key}[ \\t]*[=:][ \\t]*(.*?)[ \\t]*$`, "m").exec(section)?.[1];
  const quota = parseFileSize(value("storage_quota"));
  const segment = parseFileSize(value("max_segment_size"));
  const reserved = parseFileSize(value("additional_free_space"));
  return {
    ...(quota > 0 ? { quota } : {}),
    ...(reserved > 0 ? { reserved } : {}),
    ...(segment > 0 ? { working: segment + LARGEST_OBJECT } : {}),
    ...(/^(?:1|yes|true|on)$/i.test(value("append_only") ?? "") ? { appendOnly: true } : {}),
  };
}

/** Reads the key that a repository holds itself; `undefined` when it holds none. */
export function keyInConfig(text: string): FreshKey | undefined {
  // Python begins the further lines of a value with a tab.
  const id = idIn(text);
  const [, key] = /^key\s*=\s*(.*(?:\n[ \t]+.*)*)/m.exec(text) ?? [];
  if (id === undefined || key === undefined) return undefined;
  return parseKeyExport(`BORG_KEY ${id}\n${key}`);
}

function idIn(text: string): string | undefined {
  return /^id\s*=\s*([0-9a-f]{64})\s*$/m.exec(text)?.[1];
}

/** What `borg compact --verbose` says of the quota; `undefined` when a message is not about that. */
export function parseQuotaMessage(
  text: string,
): { readonly quota: number; readonly quotaUsed: number } | undefined {
  const [, used, quota] = /^(?:Remote: )?Storage quota: (.+) out of (.+) used\.$/.exec(text) ?? [];
  if (used === undefined || quota === undefined) return undefined;
  return { quota: parseFileSize(quota), quotaUsed: parseFileSize(used) };
}

const POWERS: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4, P: 5 };

/** A size as Borg reads and writes it, with powers of 1000; 0: none, as Borg means it, too. */
function parseFileSize(text = "0"): number {
  const [, count = "0", unit = ""] = /^(\d+(?:\.\d+)?) ?([KMGTP]?)B?$/i.exec(text) ?? [];
  return Math.round(Number(count) * 1000 ** (POWERS[unit.toUpperCase()] ?? 0));
}
