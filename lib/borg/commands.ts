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
}

/** Which archives of a series are kept. What is not set is not asked of Borg. */
interface Retention {
  readonly keepLast?: number | undefined;
  /** Milliseconds; a whole number of hours. */
  readonly keepWithin?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
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
 */
export function createArguments(repository: BorgRepository, request: CreateRequest): string[] {
  return [
    "create",
    ...commonArguments(repository),
    "--json",
    "--list",
    "--filter=AMCE",
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

/** The command line that checks a repository and all its archives. */
export function checkArguments(repository: BorgRepository, verifyData: boolean): string[] {
  const verify = verifyData ? ["--verify-data"] : [];
  return ["check", ...commonArguments(repository), ...verify, "--", repository.url];
}

/**
 * The command line that removes the archives of one series that retention does not keep.
 *
 * @returns the arguments for `borg`, or `undefined` when nothing is set: then nothing is pruned
 */
export function pruneArguments(
  repository: BorgRepository,
  series: string,
  retention: Retention,
): string[] | undefined {
  const keep = keepOptions(retention);
  if (keep.length === 0) return undefined;
  const glob = `--glob-archives=${seriesGlob(series)}`;
  return ["prune", ...commonArguments(repository), "--list", glob, ...keep, "--", repository.url];
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

function keepOptions(retention: Retention): string[] {
  const options: string[] = [];
  if (retention.keepWithin) options.push(`--keep-within=${interval(retention.keepWithin)}`);
  if (retention.keepLast) options.push(`--keep-last=${retention.keepLast}`);
  if (retention.keepDaily) options.push(`--keep-daily=${retention.keepDaily}`);
  if (retention.keepWeekly) options.push(`--keep-weekly=${retention.keepWeekly}`);
  if (retention.keepMonthly) options.push(`--keep-monthly=${retention.keepMonthly}`);
  if (retention.keepYearly) options.push(`--keep-yearly=${retention.keepYearly}`);
  return options;
}

function interval(milliseconds: number): string {
  const hours = Math.ceil(milliseconds / 3_600_000);
  return hours % 24 === 0 ? `${hours / 24}d` : `${hours}H`;
}
