/** Borg's command lines, as pure functions. No secret ever stands in one of them. @module */
import { seriesGlob } from "../text/archive_name.ts";
import type { BorgRepository } from "./repository.ts";

/** What goes into an archive. */
export interface CreateRequest {
  /** The archive's name. */
  readonly archive: string;
  /** Paths relative to Borg's working directory. */
  readonly paths: readonly string[];
  /** Borg patterns. */
  readonly exclude: readonly string[];
  readonly excludeIfPresent: readonly string[];
  readonly excludeCaches: boolean;
  readonly oneFileSystem: boolean;
  /** Borg's compression specification. */
  readonly compression: string;
  /** Stored with the archive; "": none. */
  readonly comment: string;
  /** Whether new files are listed, too. */
  readonly listAdded: boolean;
  /** Makes no archive, but lists all files, also those that are excluded. */
  readonly dryRun?: boolean;
}

/** How many archives of each kind are kept; absent or 0: the rule is not set, -1: all. */
export interface RetentionRules {
  readonly keepLast?: number | undefined;
  /** Milliseconds; a whole number of hours. */
  readonly keepWithin?: number | undefined;
  readonly keepSecondly?: number | undefined;
  readonly keepMinutely?: number | undefined;
  readonly keepHourly?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  readonly keep13weekly?: number | undefined;
  readonly keep3monthly?: number | undefined;
  readonly keepYearly?: number | undefined;
}

/**
 * `--progress` is not for looks alone: Borg writes its progress to our pipe, so it ends by itself
 * within moments when we are killed and the pipe breaks.
 */
const REPORTING = ["--log-json", "--progress"] as const;

/**
 * The command line that makes an archive. It lists files that are new (`A`), modified (`M`),
 * changed while they were read (`C`) or unreadable (`E`); unchanged ones cost no line.
 *
 * Borg flushes each line, and each one wakes us, however many we read at once: 25 to 40 microseconds
 * a line (measured), ten times as much as what is done with it.
 */
export function createArguments(repository: BorgRepository, request: CreateRequest): string[] {
  const filter = `--filter=${request.listAdded ? "A" : ""}MCE`;
  return [
    "create",
    ...commonArguments(repository),
    ...(request.dryRun === true ? ["--dry-run", "--list"] : ["--json", "--list", filter]),
    `--compression=${request.compression}`,
    ...(request.comment === "" ? [] : [`--comment=${request.comment}`]),
    ...uploadLimit(repository),
    ...(request.oneFileSystem ? ["--one-file-system"] : []),
    ...(request.excludeCaches ? ["--exclude-caches"] : []),
    ...request.excludeIfPresent.map((name) => `--exclude-if-present=${name}`),
    ...request.exclude.map((pattern) => `--exclude=${pattern}`),
    "--",
    `${repository.url}::${request.archive}`,
    ...request.paths,
  ];
}

/** What goes into an archive that holds nothing but what Borg reads on standard input. */
interface InputRequest extends Pick<CreateRequest, "archive" | "compression" | "comment"> {
  /** Under which name the archive holds it; no slash. */
  readonly fileName: string;
}

/**
 * The command line that makes an archive of what Borg reads on standard input. Without
 * `--files-cache=disabled` each such archive would count as a run in which the files of the other
 * archives were not seen: after 20 of them Borg forgets what it knows of these (BORG_FILES_CACHE_TTL).
 */
export function createFromInputArguments(
  repository: BorgRepository,
  { archive, compression, comment, fileName }: InputRequest,
): string[] {
  return [
    "create",
    ...commonArguments(repository),
    "--json",
    "--list",
    "--filter=i",
    `--compression=${compression}`,
    ...(comment === "" ? [] : [`--comment=${comment}`]),
    ...uploadLimit(repository),
    "--files-cache=disabled",
    `--stdin-name=${fileName}`,
    "--stdin-mode=0600",
    "--",
    `${repository.url}::${archive}`,
    "-",
  ];
}

/** The command line that checks a repository and the lists of files of all its archives. */
export function checkArguments(repository: BorgRepository, verifyData: boolean): string[] {
  const verify = verifyData ? ["--verify-data"] : [];
  return ["check", ...commonArguments(repository), ...verify, "--", repository.url];
}

/**
 * The command line that checks the next part of a repository, by its checksums alone. Borg itself
 * remembers in the repository how far it got, and `--info` makes it say so.
 *
 * @param seconds how long it may take; a segment that was begun is finished
 */
export function checkPartArguments(repository: BorgRepository, seconds: number): string[] {
  const part = ["--info", "--repository-only", `--max-duration=${seconds}`];
  return ["check", ...commonArguments(repository), ...part, "--", repository.url];
}

/**
 * The command line that removes the archives of one series that retention does not keep.
 *
 * @param dryRun whether Borg only says what it would remove
 * @returns the arguments for `borg`, or `undefined` when nothing is set: then nothing is pruned
 */
export function pruneArguments(
  repository: BorgRepository,
  series: string,
  retention: RetentionRules,
  dryRun = false,
): string[] | undefined {
  return pruneGlobArguments(repository, seriesGlob(series), retention, dryRun);
}

/** The same for the archives that match a glob. */
export function pruneGlobArguments(
  repository: BorgRepository,
  archives: string,
  retention: RetentionRules,
  dryRun = false,
): string[] | undefined {
  const keep = keepOptions(retention);
  if (keep.length === 0) return undefined;
  const glob = `--glob-archives=${archives}`;
  const how = dryRun ? ["--dry-run", "--list"] : ["--list"];
  return ["prune", ...commonArguments(repository), ...how, glob, ...keep, "--", repository.url];
}

/**
 * The command line that removes archives by their names. Without a name Borg would delete the whole
 * repository, so there is always one.
 */
export function deleteArchivesArguments(
  repository: BorgRepository,
  ...archives: readonly [first: string, ...more: readonly string[]]
): string[] {
  return ["delete", ...commonArguments(repository), "--list", "--", repository.url, ...archives];
}

/**
 * The command line that gives the space of removed archives back. `--verbose` makes Borg say how
 * much that was.
 */
export function compactArguments(repository: BorgRepository): string[] {
  return ["compact", ...commonArguments(repository), "--verbose", "--", repository.url];
}

/**
 * The command line that creates a repository. Borg does not create parent directories with it, so
 * the mount point of a disk that is not plugged in gets no repository.
 */
export function initArguments(repository: BorgRepository): string[] {
  const encryption = `--encryption=${repository.encryption}`;
  return ["init", ...commonArguments(repository), encryption, "--", repository.url];
}

/**
 * The command line that makes Borg delete its cache of a repository on this machine, and nothing of the
 * repository. Without `--cache-only` Borg would ask, and `borgEnvironment` answers no.
 */
export function forgetCacheArguments(repository: BorgRepository): string[] {
  return ["delete", ...commonArguments(repository), "--cache-only", "--", repository.url];
}

/** The options that every command of Borg gets here. */
export function commonArguments(repository: BorgRepository): string[] {
  const wait = `--lock-wait=${Math.ceil(repository.lockWait / 1000)}`;
  const remote = repository.remoteBorg;
  return [...REPORTING, wait, ...(remote === undefined ? [] : [`--remote-path=${remote}`])];
}

function uploadLimit(repository: BorgRepository): string[] {
  const limit = repository.uploadRateLimit;
  // Borg takes KiB a second and reads 0 as "no limit".
  return limit === undefined ? [] : [`--upload-ratelimit=${Math.max(1, Math.round(limit / 1024))}`];
}

function keepOptions(retention: RetentionRules): string[] {
  const options: string[] = [];
  if (retention.keepWithin) options.push(`--keep-within=${interval(retention.keepWithin)}`);
  if (retention.keepLast) options.push(`--keep-last=${retention.keepLast}`);
  if (retention.keepSecondly) options.push(`--keep-secondly=${retention.keepSecondly}`);
  if (retention.keepMinutely) options.push(`--keep-minutely=${retention.keepMinutely}`);
  if (retention.keepHourly) options.push(`--keep-hourly=${retention.keepHourly}`);
  if (retention.keepDaily) options.push(`--keep-daily=${retention.keepDaily}`);
  if (retention.keepWeekly) options.push(`--keep-weekly=${retention.keepWeekly}`);
  if (retention.keepMonthly) options.push(`--keep-monthly=${retention.keepMonthly}`);
  if (retention.keep13weekly) options.push(`--keep-13weekly=${retention.keep13weekly}`);
  if (retention.keep3monthly) options.push(`--keep-3monthly=${retention.keep3monthly}`);
  if (retention.keepYearly) options.push(`--keep-yearly=${retention.keepYearly}`);
  return options;
}

function interval(milliseconds: number): string {
  const hours = Math.ceil(milliseconds / 3_600_000);
  return hours % 24 === 0 ? `${hours / 24}d` : `${hours}H`;
}
