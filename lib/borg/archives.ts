/** Asks a repository which archives it holds. @module */
import { commonArguments } from "./commands.ts";
import { parseJson, valueAt } from "./json.ts";
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
export function listArchivesArguments(
  repository: BorgRepository,
  ...selection: readonly string[]
): string[] {
  return ["list", ...commonArguments(repository), "--json", ...selection, "--", repository.url];
}

/** Reads that list, oldest first; `undefined` when Borg printed something else. */
export function parseArchives(stdout: string): BorgArchive[] | undefined {
  const list = valueAt(parseJson(stdout), "archives");
  if (!Array.isArray(list)) return undefined;
  const archives = list.map(parseArchive);
  return archives.every((archive) => archive !== undefined) ? archives : undefined;
}

function parseArchive(value: unknown): BorgArchive | undefined {
  const name = valueAt(value, "name");
  const start = valueAt(value, "start");
  const startedAt = typeof start === "string" ? parseTime(start) : undefined;
  return typeof name === "string" && startedAt !== undefined ? { name, startedAt } : undefined;
}

/** Reads a time such as "2026-11-22T04:00:00.000000" as Borg prints it with {@linkcode IN_UTC}. */
export function parseTime(text: string): Date | undefined {
  const time = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
