/** What has been checked of a repository, for programs and for people. Pure. @module */
import type { CheckStats } from "../../backup/outcome.ts";
import type { VerifiedRepository } from "../coverage.ts";
import {
  type ArchiveCoverage,
  archiveCoverage,
  archiveTurns,
  cycleLimit,
  knownDamage,
} from "../../state/check_coverage.ts";
import type { CheckState } from "../../state/check_ledger.ts";
import type { Ledger } from "../../state/ledger.ts";
import { localTime } from "../../text/local_time.ts";
import { counted, humanLimit, humanPercent } from "../../text/units.ts";
import { inSeconds, isoTime } from "../run_report.ts";

/** How often a repository is checked. */
interface CheckIntervals {
  readonly enabled: boolean;
  /** Milliseconds. */
  readonly repositoryEvery: number | "never";
  readonly archivesEvery: number | "never";
}

/** A configured repository. */
export interface QuestionedRepository extends VerifiedRepository {
  readonly optional: boolean;
  /** Borg's name of how it is encrypted, as configured. */
  readonly encryption: string;
  readonly check: CheckIntervals;
}

/** What has been checked of a repository. */
export interface CheckStatus {
  /** How much of a check in parts is done that has begun; `null`: none has. */
  readonly percent: number | null;
  /** The age of the last complete check from which on it is too old; `null`: there are none. */
  readonly limitSeconds: number | null;
  /** When the last run began that read all data and found it in order. */
  readonly allDataAt: string | null;
  /** Why everything is checked anew; `null`: it is not. */
  readonly due: string | null;
  /** What was found, and not found gone by a later check. */
  readonly damage: readonly DamageReport[];
  /** How many archives have been read in time; `null`: they do not take turns. */
  readonly archives: ArchivesChecked | null;
}

/** Damage that a check found. */
interface DamageReport {
  /** The archive that can't be read; `null`: it is in the repository as such. */
  readonly archive: string | null;
  readonly message: string;
  /** When the run began that found it first. */
  readonly foundAt: string | null;
}

interface ArchivesChecked extends Omit<ArchiveCoverage, "oldest"> {
  readonly everySeconds: number;
  /** When the one that waits longest was read or made. */
  readonly oldest: string | null;
}

/** What has been checked; `undefined` for both when there is no history. */
export function checkStatus(
  state: CheckState | undefined,
  ledger: Ledger | undefined,
  { enabled, repositoryEvery, archivesEvery }: CheckIntervals,
  now: Date,
): CheckStatus {
  const { repository: checks, archives = [] } = state ?? {};
  const every = enabled ? archivesEvery : "never";
  const turns = archiveTurns(ledger?.archives ?? [], { repository: checks, archives });
  const at = now.getTime();
  const coverage = archiveCoverage(turns, { every, now: at, since: checks?.since ?? at });
  const cycle = checks?.cycle ?? null;
  const limit = enabled && repositoryEvery !== "never"
    ? cycle === null ? repositoryEvery : cycleLimit(repositoryEvery)
    : null;
  const verifiedAt = checks?.verifiedAt ?? null;
  return {
    percent: cycle === null ? null : Math.floor(cycle.percent),
    limitSeconds: limit === null ? null : inSeconds(limit),
    allDataAt: verifiedAt === null ? null : isoTime(verifiedAt),
    due: checks?.due ?? null,
    damage: knownDamage(checks, turns).map(({ archive, message, foundAt }) => ({
      archive,
      message,
      foundAt: foundAt === null ? null : isoTime(foundAt),
    })),
    archives: coverage === undefined || every === "never" ? null : checkedArchives(coverage, every),
  };
}

function checkedArchives(coverage: ArchiveCoverage, every: number): ArchivesChecked {
  const { oldest, ...counts } = coverage;
  const since = oldest === undefined ? null : isoTime(oldest);
  return { ...counts, everySeconds: inSeconds(every), oldest: since };
}

/** Such as "all 12 archives checked in the last 14 d"; `undefined` when they do not take turns. */
function archivesText({ archives }: CheckStatus): string | undefined {
  if (archives === null || archives.archives === 0) return undefined;
  return coverageText({ ...archives, every: archives.everySeconds * 1_000 });
}

/** The same of a run that has just checked some of them. */
export function coverageText(
  { archives, damaged, unchecked, every }: NonNullable<CheckStats["coverage"]>,
): string {
  const limit = humanLimit(Math.max(every, 86_400_000));
  const sound = archives - damaged;
  const parts = [
    ...damaged === 0 ? [] : [`${damaged} of ${counted(archives, "archive", "archives")} damaged`],
    ...unchecked > 0
      ? [`${unchecked} of ${counted(archives, "archive", "archives")} not checked for ${limit}`]
      : sound === 0
      ? []
      : [`${damaged > 0 ? "the others" : allOf(sound)} checked in the last ${limit}`],
  ];
  return parts.join(", ");
}

function allOf(archives: number): string {
  return archives === 1 ? "1 archive" : `all ${archives} archives`;
}

/** Such as "damage found on 2026-11-28 02:10 +01:00 in the archive "web-…": a chunk is missing". */
function damageText({ archive, message, foundAt }: DamageReport): string {
  const when = foundAt === null ? "" : ` on ${localTime(foundAt)}`;
  const where = archive === null ? "" : ` in the archive "${archive}"`;
  return `damage found${when}${where}: ${message}`;
}

/** What people should know of the checks, in a line; `undefined` when there is nothing to say. */
export function checkText(status: CheckStatus): string | undefined {
  const { percent, due, damage } = status;
  const parts = [
    ...damage.slice(0, 1).map(damageText),
    ...(damage.length > 1 ? [`damage found in ${damage.length - 1} more`] : []),
    ...(due === null ? [] : [`everything is checked anew, because ${due}`]),
    ...(percent === null ? [] : [`${humanPercent(percent)} of the repository checked so far`]),
    ...[archivesText(status)].filter((text) => text !== undefined),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}
