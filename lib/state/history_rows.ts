/**
 * What the history holds: runs, their repositories, their steps. Plain data; times are milliseconds
 * since 1970, sizes are bytes, and what is not known is `null`.
 *
 * @module
 */
import { textOf } from "../text/json.ts";
import type { VerificationRow } from "./verifications.ts";

/** A run as it is written down. */
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly hostname: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** `ok`, `warning` or `failed`. */
  readonly state: string;
  readonly interruptedBy: string | null;
  /** Problems of the run itself, as JSON. */
  readonly problems: string;
  readonly version?: string | null;
  /** Another run held the lock, so nothing was done. */
  readonly refused?: boolean;
  /** A source is missing from its archives: they are no good backup. */
  readonly sourcesMissing?: boolean;
  /** Optional sources that were not there, as JSON; `[]` when left out. */
  readonly absentSources?: string;
  /** What of this machine is in no source, as JSON; `null`: not known. */
  readonly uncovered?: string | null;
  /** How long services were stopped for the snapshot, as JSON; `null`: none was. */
  readonly pause?: string | null;
  /** Whether it has ended as a run does; `reported` when left out. */
  readonly ending?: Ending;
}

/**
 * How a run ended. `running`: it has not, or it died and no later run has noticed; `died`: a later
 * run found it without a report.
 */
export type Ending = "running" | "reported" | "died";

/** What became of a repository in a run. */
export interface RepositoryRow {
  readonly label: string;
  /** `ok`, `warning`, `failed` or `absent`. */
  readonly state: string;
  readonly reason: string | null;
  /** A source is missing from its new archive; as for the run when left out. */
  readonly incomplete?: boolean;
  /** Optional sources of it that were not there, as JSON; those of the run when left out. */
  readonly absentSources?: string;
  /** What was found out about its space, as JSON; `null`: nothing. */
  readonly space?: string | null;
}

/** What became of a step in a repository. */
export interface StepRow {
  readonly label: string;
  readonly step: string;
  /** `ok`, `warning`, `failed` or `skipped`. */
  readonly state: string;
  readonly reason: string | null;
  /** Milliseconds, waits between attempts included. */
  readonly duration: number | null;
  /** How often it was tried, if that was more than once, and why the first attempt failed. */
  readonly attempts?: number | null;
  readonly retryReason?: string | null;
  /** As JSON. */
  readonly problems: string;
  readonly archive: string | null;
  readonly files: number | null;
  readonly originalSize: number | null;
  readonly compressedSize: number | null;
  readonly newSize: number | null;
  readonly repositorySize: number | null;
  /** How many files were new, modified, changed while they were read, and not readable. */
  readonly added?: number | null;
  readonly modified?: number | null;
  readonly changedWhileRead?: number | null;
  readonly unreadable?: number | null;
  /** What `check` did, as JSON. */
  readonly checked?: string | null;
  /** What `dump` made, as JSON. */
  readonly dumps?: string | null;
  /** Something looked wrong with the archive, and nobody has accepted it. */
  readonly suspicious?: boolean;
}

/** A run with everything below it. */
export interface RecordedRun {
  readonly run: RunRow;
  readonly repositories: readonly RecordedRepository[];
}

/** A repository of a run with its steps in their order. */
interface RecordedRepository {
  readonly repository: RepositoryRow;
  readonly steps: readonly StepRow[];
  /** What was read back. It is asked for with `verifications()`, not with its run. */
  readonly verification?: VerificationRow | undefined;
}

/** A good backup: the run, and the step that made the archive. */
export interface RecordedBackup {
  readonly run: RunRow;
  readonly repository: RepositoryRow;
  readonly step: StepRow;
}

/** What became of `create` in a run of the past. */
export interface PastCreate {
  readonly startedAt: Date;
  /** `ok`, `warning` or `failed`. */
  readonly state: string;
  /** What the archive added to the repository, in bytes; `undefined` when none was made. */
  readonly newSize: number | undefined;
  /** What it left in the repository without making an archive, in bytes. */
  readonly checkpointSize?: number;
}

/** What a column holds. */
export type Value = string | number | null;

/** What is inserted: the names of the columns in camelCase. */
export type Row = Readonly<Record<string, Value>>;

/** One row as SQLite gives it. */
export type Columns = Readonly<Record<string, unknown>>;

/** Converts `bigint` to `number`; one that JavaScript can't hold exactly is `null`: not known. */
export function representable(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => {
      if (typeof value !== "bigint") return [name, value];
      const number = Number(value);
      return [name, Number.isSafeInteger(number) ? number : null];
    }),
  );
}

/** The columns of a run. */
export function runColumns(run: RunRow): Row {
  const { refused = false, sourcesMissing = false, ending = "reported", version = null } = run;
  return {
    ...run,
    version,
    refused: Number(refused),
    sourcesMissing: Number(sourcesMissing),
    absentSources: run.absentSources ?? "[]",
    uncovered: run.uncovered ?? null,
    pause: run.pause ?? null,
    ending,
  };
}

/** The columns of a repository, and of the run that it belongs to. */
export function repositoryColumns(
  run: Pick<RunRow, "id" | "sourcesMissing" | "absentSources">,
  repository: RepositoryRow,
): Row {
  const { sourcesMissing = false, absentSources = "[]" } = run;
  return {
    run: run.id,
    ...repository,
    incomplete: Number(repository.incomplete ?? sourcesMissing),
    absentSources: repository.absentSources ?? absentSources,
    space: repository.space ?? null,
  };
}

/** The columns of a step, and of the run that it belongs to. */
export function stepColumns(run: string, step: StepRow): Row {
  const { added = null, modified = null, changedWhileRead = null, unreadable = null } = step;
  const { checked = null, dumps = null, attempts = null, retryReason = null } = step;
  const suspicious = Number(step.suspicious ?? false);
  const figures = { added, modified, changedWhileRead, unreadable, checked, dumps };
  return { run, ...step, ...figures, suspicious, attempts, retryReason };
}

/** Reads the columns of a run. */
export function runOf(columns: Columns): RunRow {
  return {
    id: textOrEmpty(columns.id),
    name: textOrEmpty(columns.name),
    hostname: textOrEmpty(columns.hostname),
    startedAt: timeOf(columns.started_at),
    finishedAt: timeOf(columns.finished_at),
    state: textOrEmpty(columns.state),
    interruptedBy: textOf(columns.interrupted_by),
    problems: textOrEmpty(columns.problems),
    version: textOf(columns.version),
    refused: columns.refused === 1,
    sourcesMissing: columns.sources_missing === 1,
    absentSources: textOrEmpty(columns.absent_sources),
    uncovered: textOf(columns.uncovered),
    pause: textOf(columns.pause),
    ending: endingOf(textOrEmpty(columns.ending)),
  };
}

function timeOf(value: unknown): number {
  return dateOf(value)?.getTime() ?? 0;
}

/** Milliseconds since 1970 as a date; `undefined` when no `Date` can hold them. */
export function dateOf(value: unknown): Date | undefined {
  const date = new Date(typeof value === "number" ? value : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function endingOf(text: string): Ending {
  return text === "running" || text === "died" ? text : "reported";
}

/** A text where the tables, which are STRICT, have one in any case. */
export function textOrEmpty(value: unknown): string {
  return textOf(value) ?? "";
}
