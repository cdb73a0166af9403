/**
 * Asks a repository which archives it holds.
 *
 * @module
 */
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** An archive as its repository knows it. */
export interface BorgArchive {
  readonly name: string;
  /** When Borg began to make it. */
  readonly startedAt: Date;
}

/**
 * Borg writes times in the zone of its machine and does not say which; with this in its environment
 * it is always the same one.
 */
export const IN_UTC: Readonly<Record<string, string>> = { TZ: "UTC" };

/** The command line that lists the archives of a repository. */
export function listArchivesArguments(repository: BorgRepository): string[] {
  return ["list", ...commonArguments(repository), "--json", "--", repository.url];
}

/**
 * Reads what Borg printed for {@linkcode listArchivesArguments}, with {@linkcode IN_UTC}.
 *
 * @returns the archives, oldest first; `undefined` when Borg printed something else
 */
export function parseArchives(stdout: string): BorgArchive[] | undefined {
  let root: unknown;
  try {
    root = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  if (typeof root !== "object" || root === null || !("archives" in root)) return undefined;
  if (!Array.isArray(root.archives)) return undefined;
  const archives = root.archives.map(parseArchive);
  return archives.every((archive) => archive !== undefined) ? archives : undefined;
}

function parseArchive(value: unknown): BorgArchive | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!("name" in value) || typeof value.name !== "string") return undefined;
  if (!("start" in value) || typeof value.start !== "string") return undefined;
  const startedAt = parseTime(value.start);
  return startedAt === undefined ? undefined : { name: value.name, startedAt };
}

/**
 * Reads a time as Borg writes it in JSON, with {@linkcode IN_UTC}.
 *
 * @param text such as "2026-11-22T04:00:00.000000"
 * @returns the time, to the millisecond; `undefined` when it is none
 */
export function parseTime(text: string): Date | undefined {
  const time = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
