/**
 * What of a repository is due to be checked, and how much of it has been. Pure, because both the run
 * and those who look back must say the same.
 *
 * @module
 */
import { parseArchiveName } from "../text/archive_name.ts";
import type { ArchiveCheck, CheckState } from "./check_ledger.ts";
import type { LedgerArchive } from "./ledger.ts";

/** How often something is done, in milliseconds. */
type Interval = number | "never";

const DAY = 86_400_000;

/** An archive and what is known of its checks. */
export interface ArchiveTurn {
  readonly archive: string;
  /** When it was read last, or else made, in milliseconds since 1970. */
  readonly since: number;
  readonly check: ArchiveCheck | undefined;
}

/** How many of the archives have been read in time. */
export interface ArchiveCoverage {
  readonly archives: number;
  /** Those in which damage was found; they count neither as unchecked nor as overdue. */
  readonly damaged: number;
  /** Those that were neither made nor read within the interval. */
  readonly unchecked: number;
  /** Those for which that is more than two intervals ago. */
  readonly overdue: number;
  /** When the one that waits longest was read or made, in milliseconds since 1970. */
  readonly oldest: number | undefined;
}

/**
 * Whether something is due. It is done a little early, at most a day, so that a run each night keeps
 * the interval; a time in the future, as after a clock was set back, counts as none.
 *
 * @param since when it was done last, in milliseconds since 1970; `null`: never
 */
export function isDue(since: number | null, every: Interval, now: number): boolean {
  if (every === "never") return false;
  if (since === null || since > now) return true;
  return now - since >= every - Math.min(DAY, every / 10);
}

/** The archives of the series that are known to be there, each with its checks. */
export function archiveTurns(
  archives: readonly LedgerArchive[],
  state: CheckState,
): readonly ArchiveTurn[] {
  const checks = new Map(state.archives.map((check) => [check.archive, check]));
  return archives.flatMap(({ name, state: what }) => {
    if (what !== "present") return [];
    const check = checks.get(name);
    const since = check?.checkedAt ?? parseArchiveName(name)?.startedAt.getTime() ?? 0;
    return [{ archive: name, since, check }];
  });
}

/**
 * The archives that are due, in their order: first those in which damage was found, then those that
 * wait longest. One whose reading was cut short, by a power failure or for lack of memory, comes
 * after the others, which else would wait for ever.
 */
export function dueArchives(
  turns: readonly ArchiveTurn[],
  every: Interval,
  now: number,
): readonly ArchiveTurn[] {
  if (every === "never") return [];
  const rank = ({ check }: ArchiveTurn) =>
    (check?.damage ?? null) === null ? check?.tries ?? 0 : -1;
  return turns.filter(({ since, check }) =>
    check?.isDue === true || (check?.damage ?? null) !== null || isDue(since, every, now)
  ).toSorted((a, b) => rank(a) - rank(b) || a.since - b.since);
}

/** By what archives are judged. Times are milliseconds since 1970. */
interface Measure {
  readonly every: Interval;
  readonly now: number;
  /** When the first check was planned: none is overdue before it could have had its turn. */
  readonly since: number;
}

/** How many archives have been read in time; `undefined` when they take no turns. */
export function archiveCoverage(
  turns: readonly ArchiveTurn[],
  { every, now, since: first }: Measure,
): ArchiveCoverage | undefined {
  if (every === "never") return undefined;
  const interval = Math.max(every, DAY);
  const sound = turns.filter(({ check }) => (check?.damage ?? null) === null);
  const older = (limit: number) =>
    sound.filter(({ since, check }) =>
      check?.isDue === true || since > now + DAY || now - since > limit
    ).length;
  const times = turns.map(({ since }) => since);
  return {
    archives: turns.length,
    damaged: turns.length - sound.length,
    unchecked: older(interval),
    overdue: now - first > 2 * interval ? older(2 * interval) : 0,
    oldest: times.length === 0 ? undefined : Math.min(...times),
  };
}

/** Damage that a check found, and that no later one has found gone. */
export interface Damage {
  /** The archive that can't be read; `null`: it is in the repository as such. */
  readonly archive: string | null;
  readonly message: string;
  /** When it was found first, in milliseconds since 1970; `null`: not known. */
  readonly foundAt: number | null;
}

/** The damage that is known, that of the repository as such first. */
export function knownDamage(
  repository: CheckState["repository"],
  turns: readonly ArchiveTurn[],
): readonly Damage[] {
  const all = [
    { archive: null, check: repository },
    ...turns.map(({ archive, check }) => ({ archive, check })),
  ];
  return all.flatMap(({ archive, check }) =>
    check === undefined || check.damage === null
      ? []
      : [{ archive, message: check.damage, foundAt: check.damagedAt }]
  );
}

/**
 * The age in milliseconds from which on a repository that is checked in parts counts as never checked
 * completely.
 */
export function cycleLimit(every: number): number {
  return Math.max(2 * every, 30 * DAY);
}
