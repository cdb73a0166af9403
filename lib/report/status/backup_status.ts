/**
 * The state of the backups, from the history alone: what `status --json` prints and the metrics are
 * made from. docs/reference/json.md explains it. Pure. Longer than other files, because the shape is best
 * read in one place.
 *
 * @module
 */
import type { History, RecordedRun } from "../../state/history.ts";
import { humanDuration } from "../../text/units.ts";
import {
  type ArchiveReport,
  archiveReport,
  inSeconds,
  isoTime,
  type ReportedProblem,
  type RepositoryReport,
  type RunReport,
  runReport,
} from "../run_report.ts";
import { type BackupPast, lastGoodBackup } from "../last_good.ts";
import { type CheckStatus, checkStatus, type QuestionedRepository } from "./check_status.ts";
import { type CoverageReport, repositoryCoverage } from "../coverage.ts";
import { type UncoveredReport, uncoveredReport } from "../uncovered_report.ts";
import { spaceProblem, type SpaceStatus, spaceStatus } from "./space_status.ts";
import { verifiedKey } from "../../state/dump_ledger.ts";
import {
  type DatabaseStatus,
  databaseStatus,
  isDatabaseGood,
  type QuestionedDatabases,
} from "./database_status.ts";
import { type DataStatus, dataStatus } from "./data_status.ts";
import { type KeyStatus, keyStatus } from "./key_status.ts";
import { pinProblem, type PinStatus, pinStatus } from "./pin_status.ts";

/** The state of all backups of one configuration. Times are ISO 8601 in UTC. */
export interface StatusReport {
  readonly version: 1;
  readonly name: string;
  readonly at: string;
  /**
   * `stale`: a backup or the dump of a database is too old or was never made; `alarm`: none is, but the data of a repository
   * looks wrong and nobody has accepted it. The exit code is 1 then.
   */
  readonly state: "fresh" | "stale" | "alarm";
  readonly maxAgeSeconds: number;
  readonly running: RunningRun | null;
  /** The last run that was not refused. */
  readonly lastRun: RunReport | null;
  /** How many runs since then found the lock held by another run. */
  readonly refusedSince: number;
  readonly repositories: readonly RepositoryStatus[];
  /** What of the machine was in no source in the last run that looked; `null`: none did. */
  readonly uncovered: readonly UncoveredReport[] | null;
  /** Snapshots of crashed runs; `null` when the journal can't be read. */
  readonly leftovers: readonly Leftover[] | null;
  readonly problems: readonly ReportedProblem[];
}

/** A run in progress, as far as its lock tells. */
export interface RunningRun {
  readonly runId: string | null;
  readonly process: number | null;
  readonly startedAt: string | null;
}

/** A snapshot that a crashed run left behind. */
export interface Leftover {
  readonly snapshot: string;
  readonly runId: string;
  readonly startedAt: string;
}

/** The state of the backups in one repository. */
export interface RepositoryStatus extends DataStatus {
  readonly label: string;
  readonly optional: boolean;
  /**
   * `absent`: it is optional and the last run did not find it. `in-the-future`: the clock was set
   * back since the last good backup, so nobody knows how old that is.
   */
  readonly state: "fresh" | "too-old" | "never" | "absent" | "in-the-future";
  /** The last archive that was made, with no source missing. */
  readonly lastBackup: LastBackup | null;
  /** What became of it in the last run that had to do with it. */
  readonly lastRun:
    | (Moment & Pick<RepositoryReport, "state" | "reason" | "incomplete"> & {
      readonly runId: string;
    })
    | null;
  /** The last complete check that found everything in order. */
  readonly lastCheck: Moment | null;
  /** What has been checked besides. */
  readonly checks: CheckStatus;
  /** The last time that files were read back and found equal. */
  readonly lastVerify: Moment | null;
  /** What was read back in the last `verify.cycle`; `null` when nothing was or shall be. */
  readonly verified: CoverageReport | null;
  /** How much space it had left when a run looked at that last. */
  readonly space: SpaceStatus | null;
  /** Whether a copy of its key is kept; `null`: it is not encrypted and has none. */
  readonly key: KeyStatus | null;
  /** The databases that it gets, each with its last good dump. */
  readonly databases: readonly DatabaseStatus[];
  /** What is pinned in it, the longest first. */
  readonly pins: readonly PinStatus[];
  /** The last good backups, oldest first, at most 30. */
  readonly trend: readonly TrendPoint[];
}

/** The last good backup in a repository. */
export interface LastBackup extends Moment {
  readonly runId: string;
  /** Another machine made it, and this one only prunes: nothing more is known of it. */
  readonly elsewhere: boolean;
  readonly archive: ArchiveReport | null;
}

/** When something was, and how long ago; negative when that is in the future. */
export interface Moment {
  readonly startedAt: string;
  readonly ageSeconds: number;
}

interface TrendPoint {
  readonly startedAt: string;
  readonly newBytes: number;
  readonly repositoryBytes: number;
}

/** What is known without the history. */
export interface StatusQuestion
  extends Pick<StatusReport, "name" | "running" | "leftovers" | "problems"> {
  readonly repositories: readonly QuestionedRepository[];
  /** The tables of databases, with the repositories that get them. */
  readonly databases?: readonly (QuestionedDatabases & {
    readonly repositories: readonly string[];
  })[];
  /** Milliseconds. */
  readonly maxAge: number;
  readonly now: Date;
}

type Past =
  & BackupPast
  & Pick<
    History,
    | "lastSuccess"
    | "lastSpace"
    | "uncovered"
    | "runs"
    | "checks"
    | "verifications"
    | "keys"
    | "pins"
    | "dumps"
  >;

const TREND = 30;
/** Refused runs beyond this number are not counted. */
const MOST_REFUSED = 200;
/** A backup may be so much younger than now, in milliseconds: clocks are corrected a little. */
const TOLERANCE = 60_000;

/** Looks up the state of the backups; without a history no run was recorded yet. */
export function collectStatus(past: Past | undefined, question: StatusQuestion): StatusReport {
  const { name, now, maxAge, running, leftovers } = question;
  const repositories = question.repositories.map((repository) =>
    repositoryStatus(past, { ...question, ...repository })
  );
  const runs = lastRuns(past, question);
  const at = runs.findIndex(({ run }) => run.refused !== true);
  const last = runs[at];
  const fresh = repositories.every(({ state }) => state === "fresh" || state === "absent") &&
    repositories.some(({ state }) => state === "fresh") &&
    repositories.every(({ databases }) => databases.every(isDatabaseGood));
  return {
    version: 1,
    name,
    at: now.toISOString(),
    state: !fresh ? "stale" : repositories.some(hasOpenAlarm) ? "alarm" : "fresh",
    maxAgeSeconds: inSeconds(maxAge),
    running,
    lastRun: last === undefined ? null : runReport(last),
    refusedSince: at < 0 ? runs.length : at,
    repositories,
    uncovered: uncoveredReport(past?.uncovered(name, 1)[0]),
    leftovers,
    problems: [
      ...question.problems,
      ...repositories.flatMap(clockProblem),
      ...repositories.flatMap(spaceProblem),
      ...repositories.flatMap(pinProblem),
    ],
  };
}

function lastRuns(past: Past | undefined, question: StatusQuestion): readonly RecordedRun[] {
  const last = (count: number) => withoutRunning(past?.runs(question.name, count) ?? [], question);
  // One more, for the run in progress.
  const few = last(2);
  return few[0]?.run.refused === true ? last(MOST_REFUSED) : few;
}

/**
 * Removes the run in progress, whose row says no more than that it began; when the lock does
 * not say which one it is, it is the newest. The runs come newest first.
 */
export function withoutRunning(
  runs: readonly RecordedRun[],
  { running }: { readonly running: RunningRun | null },
): readonly RecordedRun[] {
  if (running === null) return runs;
  const own = running.runId ?? runs.find(({ run }) => run.ending === "running")?.run.id;
  return runs.filter(({ run }) => run.ending !== "running" || run.id !== own);
}

function repositoryStatus(
  past: Past | undefined,
  question: StatusQuestion & QuestionedRepository,
): RepositoryStatus {
  const { name, label, optional, now, maxAge } = question;
  const backups = past?.goodBackups(name, label, TREND) ?? [];
  const [last] = past?.runs(name, 1, label) ?? [];
  const part = last === undefined ? undefined : runReport(last).repositories
    .find((repository) => repository.label === label);
  const good = past === undefined ? undefined : lastGoodBackup(past, name, label);
  const [newest] = backups;
  const backup: LastBackup | null = good === undefined ? null : {
    runId: good.runId,
    ...moment(good.startedAt.getTime(), now),
    elsewhere: good.elsewhere === true,
    archive: newest === undefined ? null : archiveReport(newest.step),
  };
  const verifiedAt = past?.lastSuccess(name, label, "verify");
  const ledger = past?.ledger(name, label).read();
  const state = past?.checks(name, label).read();
  const freshness = freshnessOf(backup, optional && part?.state === "absent", maxAge);
  const completedAt = state?.repository?.completedAt ?? null;
  return {
    label,
    optional,
    state: freshness,
    lastBackup: backup,
    lastRun: last === undefined || part === undefined ? null : {
      runId: last.run.id,
      ...moment(last.run.startedAt, now),
      state: part.state,
      reason: part.reason,
      incomplete: part.incomplete,
    },
    lastCheck: completedAt === null ? null : moment(completedAt, now),
    checks: checkStatus(state, ledger, question.check, now),
    lastVerify: verifiedAt === undefined ? null : moment(verifiedAt.getTime(), now),
    verified: repositoryCoverage(past, name, question, now),
    ...dataStatus(ledger),
    space: spaceStatus(past?.lastSpace(name, label)),
    key: keyStatus(question.encryption, past?.keys(name, label).read(), backup !== null),
    databases: databasesOf(past, question, freshness === "absent"),
    pins: pinStatus(past?.pins(name, label).read() ?? []),
    trend: backups.toReversed().map(({ run, step }) => ({
      startedAt: isoTime(run.startedAt),
      newBytes: step.newSize ?? 0,
      repositoryBytes: step.repositorySize ?? 0,
    })),
  };
}

function databasesOf(
  past: Past | undefined,
  { name, label, databases = [], now, maxAge }: StatusQuestion & QuestionedRepository,
  absent: boolean,
): readonly DatabaseStatus[] {
  const asked = databases.filter(({ repositories }) => repositories.includes(label));
  if (asked.length === 0) return [];
  const dumps = past?.dumps(name, label);
  const times = dumps?.verifiedTimes() ?? new Map<string, number>();
  const known = {
    last: dumps?.last() ?? [],
    made: dumps?.lastGood() ?? [],
    verified: (row: Parameters<typeof verifiedKey>[0]) => times.get(verifiedKey(row)),
  };
  return databaseStatus(asked, known, { maxAge, now, absent });
}

function hasOpenAlarm({ suspended }: RepositoryStatus): boolean {
  return suspended !== null;
}

function freshnessOf(
  backup: Moment | null,
  absent: boolean,
  maxAge: number,
): RepositoryStatus["state"] {
  const age = backup === null ? undefined : backup.ageSeconds * 1_000;
  if (age !== undefined && age >= -TOLERANCE && age <= maxAge) return "fresh";
  if (absent) return "absent";
  if (age === undefined) return "never";
  return age < 0 ? "in-the-future" : "too-old";
}

function moment(time: number, now: Date): Moment {
  return { startedAt: isoTime(time), ageSeconds: inSeconds(now.getTime() - time) };
}

function clockProblem({ label, state, lastBackup }: RepositoryStatus): ReportedProblem[] {
  if (state !== "in-the-future" || lastBackup === null) return [];
  const ahead = humanDuration(-1_000 * lastBackup.ageSeconds);
  return [{
    severity: "warning",
    message: `The last good backup in "${label}" is dated ${ahead} in the future`,
    hint: "The clock was set back, or is wrong now: check it. The next run corrects this",
  }];
}
