/** Writes runs into the history database: brings outcomes into its form. @module */
import type {
  ArchiveStats,
  CheckpointStats,
  Problem,
  RepositoryOutcome,
  RunOutcome,
  StepOutcome,
  VerifyStats,
} from "../../backup/outcome.ts";
import type { ReadBackStats } from "../../backup/dump_outcome.ts";
import { dumpReports } from "../dump_report.ts";
import type { Masker } from "../../text/secret.ts";
import type { RecordedRun, StepRow } from "../../state/history.ts";
import type { Ending } from "../../state/history_rows.ts";
import { NOT_OF_FILES } from "../../alarm.ts";
import { cutText, LONGEST_MESSAGE } from "../../text/cut.ts";

/** What is written down besides the outcome itself. */
export interface RecordOptions {
  readonly version: string;
  readonly mask: Masker;
  /** Another run held the lock, so nothing was done. */
  readonly refused?: boolean;
  /** `running` as long as nobody has been told; `reported` when left out. */
  readonly ending?: Ending;
}

/** Converts an outcome to rows of the history, without secrets. */
export function recordedRun(outcome: RunOutcome, options: RecordOptions): RecordedRun {
  const { mask, version, refused, ending = "reported" } = options;
  return {
    run: {
      id: outcome.runId,
      name: outcome.name,
      hostname: outcome.hostname,
      startedAt: outcome.startedAt.getTime(),
      finishedAt: outcome.finishedAt.getTime(),
      state: outcome.state,
      interruptedBy: outcome.interruptedBy ?? null,
      problems: problemsText(outcome.problems, mask),
      version,
      refused: refused ?? false,
      sourcesMissing: outcome.sourcesMissing ?? false,
      absentSources: absentText(outcome.absentSources, mask),
      uncovered: outcome.uncovered === undefined
        ? null
        : JSON.stringify(outcome.uncovered.map((one) => ({ ...one, name: mask(one.name) }))),
      pause: outcome.pause === undefined ? null : JSON.stringify(outcome.pause),
      ending,
    },
    repositories: outcome.repositories.map((repository) => recordedRepository(repository, mask)),
  };
}

function recordedRepository(outcome: RepositoryOutcome, mask: Masker) {
  const { label, state } = outcome;
  if (outcome.state === "absent") {
    return { repository: { label, state, reason: mask(outcome.reason) }, steps: [] };
  }
  const suspicious = looksWrong(outcome.steps);
  const incomplete = outcome.incomplete === true;
  const absentSources = absentText(outcome.absentSources, mask);
  const space = outcome.space === undefined ? null : JSON.stringify(outcome.space);
  return {
    repository: { label, state, reason: null, incomplete, absentSources, space },
    verification: outcome.steps.find(({ verification }) => verification !== undefined)
      ?.verification,
    steps: outcome.steps.map((step) => {
      const row = stepRow(label, step, mask);
      return step.step === "create" ? { ...row, suspicious } : row;
    }),
  };
}

function absentText(absent: RunOutcome["absentSources"], mask: Masker): string {
  return JSON.stringify(
    (absent ?? []).map(({ path, reason }) => ({ path: mask(path), reason: mask(reason) })),
  );
}

/**
 * Whether something looks wrong with the new archive, or nobody has looked: the next run must not take
 * it for what is usual. What was accepted does not look wrong.
 */
function looksWrong(steps: readonly StepOutcome[]): boolean {
  const inspections = steps.flatMap((step) =>
    step.state === "skipped" ? [] : step.inspection ?? []
  );
  return !inspections.some(({ isComplete }) => isComplete) ||
    inspections.some(({ alarms }) =>
      alarms.some(({ kind, accepted }) => !accepted && !NOT_OF_FILES.has(kind))
    );
}

/** Brings what became of a step into the form of the history. */
export function stepRow(label: string, outcome: StepOutcome, mask: Masker): StepRow {
  const { step, state } = outcome;
  if (outcome.state === "skipped") {
    const reason = mask(outcome.reason);
    return { label, step, state, reason, duration: null, problems: "[]", ...figures() };
  }
  return {
    label,
    step,
    state,
    reason: null,
    duration: Math.round(outcome.duration),
    ...(outcome.retried === undefined ? {} : {
      attempts: outcome.retried.attempts,
      retryReason: cutText(mask(outcome.retried.reason), LONGEST_MESSAGE),
    }),
    problems: problemsText(outcome.problems, mask),
    ...figures(outcome.stats, outcome.verified ?? readFiles(outcome.readBack), outcome.checkpoint),
    checked: outcome.checked === undefined ? null : JSON.stringify(outcome.checked),
    dumps: outcome.dumps === undefined ? null : JSON.stringify(dumpReports(outcome.dumps, mask)),
  };
}

/**
 * A verification makes no archive: its files and their size stand in the columns of those of one, as
 * does what an interrupted `create` left behind.
 */
function figures(stats?: ArchiveStats, verified?: VerifyStats, checkpoint?: CheckpointStats) {
  return {
    archive: stats?.archive ?? null,
    files: stats?.files ?? verified?.files ?? null,
    originalSize: stats?.originalSize ?? verified?.size ?? null,
    compressedSize: stats?.compressedSize ?? null,
    newSize: stats?.newSize ?? checkpoint?.newSize ?? null,
    repositorySize: stats?.repositorySize ?? checkpoint?.repositorySize ?? null,
    added: stats?.changes.added ?? null,
    modified: stats?.changes.modified ?? null,
    changedWhileRead: stats?.changes.changedWhileRead ?? null,
    unreadable: stats?.changes.unreadable ?? null,
  };
}

/** Each dump is one file. */
function readFiles(readBack: ReadBackStats | undefined): VerifyStats | undefined {
  return readBack === undefined ? undefined : { files: readBack.dumps, size: readBack.size };
}

/** Each text is masked by itself: a secret like "message" must not ruin the JSON. */
function problemsText(problems: readonly Problem[], mask: Masker): string {
  return JSON.stringify(problems.map(({ severity, message, hint }) => ({
    severity,
    message: cutText(mask(message), LONGEST_MESSAGE),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
  })));
}
