/** Asks a repository which archives it holds. @module */
import { parseJson, valueAt } from "../text/json.ts";
import { type BorgPin, withoutPins } from "./archive_pins.ts";
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** An archive as its repository knows it. */
export interface BorgArchive {
  readonly name: string;
  /** When Borg began to make it. */
  readonly startedAt: Date;
  /** Borg's id of it, which no other archive has, even of that name; "": Borg did not say. */
  readonly id: string;
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

/** A repository and all archives in it. */
export interface ArchiveListing {
  /** Borg's id of the repository. */
  readonly id: string;
  /** When it was changed last, in milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Borg's name for how it is encrypted, such as `repokey-blake2`. */
  readonly encryption: string;
  /** Where the key is, when it is not in the repository. */
  readonly keyFile: string | undefined;
  /** Oldest first, without pins. */
  readonly archives: readonly BorgArchive[];
  readonly pins: readonly BorgPin[];
}

/** Reads that list with what it says of the repository; `undefined` when it is something else. */
export function parseListing(stdout: string): ArchiveListing | undefined {
  const root = parseJson(stdout);
  const id = valueAt(root, "repository", "id");
  const modified = valueAt(root, "repository", "last_modified");
  const encryption = valueAt(root, "encryption", "mode");
  const modifiedAt = typeof modified === "string" ? parseTime(modified)?.getTime() : undefined;
  const list = valueAt(root, "archives");
  if (typeof id !== "string" || typeof encryption !== "string" || modifiedAt === undefined) return;
  if (!Array.isArray(list)) return undefined;
  const archives = list.map(parseArchive);
  if (!archives.every((archive) => archive !== undefined)) return undefined;
  if (archives.some((archive) => archive.id === "")) return undefined;
  const keyFile = valueAt(root, "encryption", "keyfile");
  const place = typeof keyFile === "string" ? keyFile : undefined;
  return { id, modifiedAt, encryption, keyFile: place, ...withoutPins(archives) };
}

/** Who made an archive, as Borg stored it; empty where it did not. */
interface ArchiveMaker {
  readonly hostname: string;
  readonly username: string;
  readonly comment: string;
}

/** The command line that asks who made an archive. */
export function archiveMakerArguments(repository: BorgRepository, archive: string): string[] {
  const format = "--format={hostname}{username}{comment}";
  return listArchivesArguments(repository, format, `--glob-archives=${archive}`);
}

/** Reads the answer; other programs and older versions leave out some or all of it. */
export function parseArchiveMaker(stdout: string): ArchiveMaker {
  const archive = valueAt(parseJson(stdout), "archives");
  const first: unknown = Array.isArray(archive) ? archive[0] : undefined;
  const text = (key: string) => {
    const value = valueAt(first, key);
    return typeof value === "string" ? value : "";
  };
  return { hostname: text("hostname"), username: text("username"), comment: text("comment") };
}

/** The archives of a repository. */
export interface ArchiveList {
  /** Borg's id of the repository; "": Borg did not say. */
  readonly repositoryId: string;
  /** Oldest first, without pins. */
  readonly archives: readonly BorgArchive[];
  readonly pins: readonly BorgPin[];
}

/** Reads that list; `undefined` when Borg printed something else. */
export function parseArchives(stdout: string): ArchiveList | undefined {
  const root = parseJson(stdout);
  const list = valueAt(root, "archives");
  if (!Array.isArray(list)) return undefined;
  const archives = list.map(parseArchive);
  if (!archives.every((archive) => archive !== undefined)) return undefined;
  const id = valueAt(root, "repository", "id");
  return { repositoryId: typeof id === "string" ? id : "", ...withoutPins(archives) };
}

function parseArchive(value: unknown): BorgArchive | undefined {
  const name = valueAt(value, "name");
  const start = valueAt(value, "start");
  const startedAt = typeof start === "string" ? parseTime(start) : undefined;
  if (typeof name !== "string" || startedAt === undefined) return undefined;
  const id = valueAt(value, "id");
  return { name, startedAt, id: typeof id === "string" ? id : "" };
}

/** Reads a time such as "2026-11-22T04:00:00.000000" as Borg prints it with {@linkcode IN_UTC}. */
export function parseTime(text: string): Date | undefined {
  const time = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
