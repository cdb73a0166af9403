/**
 * A run as programs read it: in `status --json`, `history --json`, `--progress json` and on the
 * standard input of the hook `finished`. docs/reference/json.md explains these shapes and those of
 * status and progress: what is there stays as it is, later versions may only add to it.
 *
 * @module
 */
import type { Changes } from "../backup/outcome.ts";
import { type DumpReport, parseDumpReports } from "./dump_report.ts";
import { type CheckReport, checkReport } from "./check_report.ts";
import { type PauseReport, pauseReport } from "./service_pause.ts";
import { type SpaceReport, spaceReport } from "./space.ts";
import type { AbsentSource } from "../problem.ts";
import { type UncoveredReport, uncoveredReport } from "./uncovered_report.ts";
import type { RecordedRun, RunRow, StepRow } from "../state/history.ts";
import { isRecord, parseJson, parseList, textOf } from "../text/json.ts";

/** What became of a run or of one of its parts. */
type ReportedState = "ok" | "warning" | "failed";

/** A run. Times are ISO 8601 in UTC. */
export interface RunReport {
  readonly runId: string;
  readonly name: string;
  readonly hostname: string;
  readonly version: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationSeconds: number;
  readonly state: ReportedState;
  /** Another run held the lock, so nothing was done. */
  readonly refused: boolean;
  /** The signal that ended the run before its time. */
  readonly interruptedBy: string | null;
  /** A source is missing from its archives: they are no good backup. */
  readonly sourcesMissing: boolean;
  /** Optional sources that were not there: its archives lack them, and that is no problem. */
  readonly absentSources: readonly AbsentSource[];
  /** What of the machine was in no source; `null`: it was not looked for. */
  readonly uncovered: readonly UncoveredReport[] | null;
  /** Services that were stopped for the snapshot; `null`: none was. */
  readonly pause: PauseReport | null;
  /** It ended without a report: it was killed, or the machine went down. Its end is not known. */
  readonly died: boolean;
  /** Problems of the run itself; those of a step are with the step. */
  readonly problems: readonly ReportedProblem[];
  readonly repositories: readonly RepositoryReport[];
}

/** Something that a person should know. */
export interface ReportedProblem {
  readonly severity: "warning" | "error";
  readonly message: string;
  readonly hint: string | null;
}

/** What became of a repository in a run. */
export interface RepositoryReport {
  readonly label: string;
  /** `absent`: it is optional and was not there. */
  readonly state: ReportedState | "absent";
  readonly reason: string | null;
  /** A source is missing from the new archive, which is no good backup, whatever its state. */
  readonly incomplete: boolean;
  /** How much space it had left after the run; `null`: it was not looked at. */
  readonly space: SpaceReport | null;
  readonly steps: readonly StepReport[];
}

/** What became of a step. */
export interface StepReport {
  readonly step: string;
  readonly state: ReportedState | "skipped";
  readonly reason: string | null;
  readonly durationSeconds: number | null;
  /** How often it was tried; 0 when it was skipped. */
  readonly attempts: number;
  /** Why the first of several attempts failed. */
  readonly retryReason: string | null;
  readonly problems: readonly ReportedProblem[];
  /** What `create` put into the repository. */
  readonly archive: ArchiveReport | null;
  /** What a `create` that was interrupted, and made no archive, left in the repository. */
  readonly checkpoint: CheckpointReport | null;
  /** What `verify` read back and found equal to its source. */
  readonly verify: { readonly files: number; readonly bytes: number } | null;
  readonly check: CheckReport | null;
  /** What `dump` made of each database; `null`: another step. */
  readonly dumps: readonly DumpReport[] | null;
}

/** A new archive. */
export interface ArchiveReport extends Changes {
  readonly name: string;
  readonly files: number;
  readonly originalBytes: number;
  readonly compressedBytes: number;
  /** What this archive added to the repository. */
  readonly newBytes: number;
  /** The whole repository after it, deduplicated and compressed. */
  readonly repositoryBytes: number;
}

/** What an interrupted `create` left in the repository: the next one finds it there. */
export interface CheckpointReport {
  readonly newBytes: number;
  /** The whole repository after it; `null`: not known. */
  readonly repositoryBytes: number | null;
}

/** What is known of a run that died, whether or not a later run has noticed it. */
export const NO_REPORT: ReportedProblem = {
  severity: "error",
  message: "It ended without a report: it was killed, the machine went down, or its end was " +
    "not recorded",
  hint: null,
};

/** Converts a run of the history that has ended to its report. */
export function runReport(recorded: RecordedRun): RunReport {
  const { run, repositories } = recorded;
  return {
    runId: run.id,
    name: run.name,
    hostname: run.hostname,
    version: run.version ?? null,
    startedAt: isoTime(run.startedAt),
    finishedAt: isoTime(run.finishedAt),
    durationSeconds: durationOf(run),
    state: reportedState(run.state),
    refused: run.refused === true,
    interruptedBy: run.interruptedBy,
    sourcesMissing: run.sourcesMissing === true,
    absentSources: absentSources(run.absentSources ?? "[]"),
    uncovered: uncoveredReport(run.uncovered),
    pause: pauseReport(run.pause),
    died: run.ending === "died" || run.ending === "running",
    problems: run.ending === "running" ? [NO_REPORT] : parseProblems(run.problems),
    repositories: repositories.map(({ repository, steps }) => ({
      label: repository.label,
      state: repository.state === "absent" ? "absent" : reportedState(repository.state),
      reason: repository.reason,
      incomplete: (repository.incomplete ?? run.sourcesMissing) === true &&
        steps.some(({ archive }) => archive !== null),
      space: spaceReport(repository.space),
      steps: steps.map(stepReport),
    })),
  };
}

/** Reads the absent sources of a run as the history has them; what is damaged is dropped. */
export function absentSources(text: string): readonly AbsentSource[] {
  return parseList(text).flatMap(parseAbsentSource);
}

/** What `create` added to a repository; `null` when the step made no archive. */
export function archiveReport(step: StepRow): ArchiveReport | null {
  if (step.archive === null) return null;
  return {
    name: step.archive,
    files: step.files ?? 0,
    originalBytes: step.originalSize ?? 0,
    compressedBytes: step.compressedSize ?? 0,
    newBytes: step.newSize ?? 0,
    repositoryBytes: step.repositorySize ?? 0,
    added: step.added ?? 0,
    modified: step.modified ?? 0,
    changedWhileRead: step.changedWhileRead ?? 0,
    unreadable: step.unreadable ?? 0,
  };
}

/** Milliseconds since 1970 as ISO 8601. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

/** Milliseconds as seconds. */
export function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1_000;
}

function durationOf(run: RunRow): number {
  // A clock that was set back makes it negative.
  return inSeconds(Math.max(0, run.finishedAt - run.startedAt));
}

/** What became of a step. */
export function stepReport(step: StepRow): StepReport {
  return {
    step: step.step,
    state: step.state === "skipped" ? "skipped" : reportedState(step.state),
    reason: step.reason,
    durationSeconds: step.duration === null ? null : inSeconds(step.duration),
    attempts: step.state === "skipped" ? 0 : step.attempts ?? 1,
    retryReason: step.retryReason ?? null,
    problems: parseProblems(step.problems),
    archive: archiveReport(step),
    checkpoint: step.archive !== null || step.newSize === null
      ? null
      : { newBytes: step.newSize, repositoryBytes: step.repositorySize },
    verify: step.archive !== null || step.files === null
      ? null
      : { files: step.files, bytes: step.originalSize ?? 0 },
    check: checkReport(parseJson(step.checked ?? "")),
    dumps: parseDumpReports(step.dumps),
  };
}

function reportedState(text: string): ReportedState {
  return text === "ok" || text === "warning" ? text : "failed";
}

function parseProblems(text: string): ReportedProblem[] {
  return parseList(text).flatMap(parseProblem);
}

function parseAbsentSource(value: unknown): AbsentSource[] {
  if (!isRecord(value) || typeof value.path !== "string") return [];
  return [{ path: value.path, reason: textOf(value.reason) ?? "" }];
}

function parseProblem(value: unknown): ReportedProblem[] {
  if (!isRecord(value) || typeof value.message !== "string") return [];
  const severity = value.severity === "warning" ? "warning" : "error";
  return [{ severity, message: value.message, hint: textOf(value.hint) }];
}
