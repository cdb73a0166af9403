/**
 * What became of a run: of every step, of every repository and of the whole. Plain data that the
 * reporters read; nothing in it is a secret. Longer than other files, because it is one shape.
 *
 * @module
 */
import type { AbsentSource, Problem } from "../problem.ts";
import type { ServicePause } from "../quiesce/managed_services.ts";
import type { DumpOutcome, ReadBackStats } from "./dump_outcome.ts";
import type { SourceFigures } from "../inspect/source_alarms.ts";
import type { Contributor } from "../inspect/contributors.ts";
import type { ArchiveSize } from "../inspect/unusual_change.ts";
import type { StandingAlarm } from "../state/ledger.ts";
import type { RepositorySpace, SpaceForecast } from "../state/repository_space.ts";
import type { Uncovered } from "../state/uncovered.ts";
import type { Coverage, VerificationRow } from "../state/verifications.ts";

export type { Problem } from "../problem.ts";

/** The short answer. */
export type State = "ok" | "warning" | "failed";

/**
 * The steps of a repository's pipeline in their order. Those of dumps are there only where the repository
 * gets dumps of databases.
 */
export const STEPS = [
  "dump",
  "create",
  "verify",
  "verify-dumps",
  "inspect",
  "check",
  "prune",
  "compact",
] as const;

/** One step of a repository's pipeline. */
export type Step = typeof STEPS[number];

/** What `borg create` says about the new archive. Sizes are in bytes. */
export interface ArchiveStats extends ArchiveSize {
  /** The archive's name. */
  readonly archive: string;
  /** What this archive added to the repository. */
  readonly newSize: number;
  /** Size of the whole repository after this archive, deduplicated and compressed. */
  readonly repositorySize: number;
  /** Files that were not in the files cache or had changed, by Borg's status letter. */
  readonly changes: Changes;
  /** The directories with the most new and changed files, the first one first. */
  readonly contributors?: readonly Contributor[];
}

/** What a `create` that made no archive left in the repository. Sizes are in bytes. */
export interface CheckpointStats {
  /** What it added to the repository. */
  readonly newSize: number;
  /** Size of the whole repository after it; `undefined`: not known. */
  readonly repositorySize?: number;
}

/** How many files Borg listed under each status. */
export interface Changes {
  /** `A`: new to Borg's files cache. */
  readonly added: number;
  /** `M`: known, with other content. */
  readonly modified: number;
  /** `C`: changed while being read. */
  readonly changedWhileRead: number;
  /** `E`: could not be read. */
  readonly unreadable: number;
}

/** What `verify` read back and found equal to its source. */
export interface VerifyStats {
  readonly files: number;
  /** Bytes of these files. */
  readonly size: number;
  /** What was read back in the last cycle, this run included. */
  readonly coverage?: Coverage;
}

/** What `check` did in this run, and how much of the archives has been read in time. */
export interface CheckStats {
  readonly allData: boolean;
  /** How much of the repository is done, in parts that may have begun in earlier runs. */
  readonly percent?: number;
  readonly archivesRead: number;
  /** How many of the archives were neither made nor read within the interval. */
  readonly coverage?: {
    readonly archives: number;
    /** Those in which damage was found. */
    readonly damaged: number;
    readonly unchecked: number;
    /** The interval in milliseconds. */
    readonly every: number;
  };
}

/** What `inspect` saw in the repository. */
export interface Inspection {
  /** How many archives of the series are there. */
  readonly archives: number;
  /** When the oldest of them was begun. */
  readonly oldest: Date | undefined;
  /** Whether all was looked at that had to be looked at in the new archive. */
  readonly isComplete: boolean;
  /** How many archives of other names nobody prunes. */
  readonly outside?: number;
  /** The alarms that stand, those of earlier runs among them. */
  readonly alarms: readonly StandingAlarm[];
  /** What the new archive holds of each source; empty when there is none. */
  readonly sources: readonly SourceFigures[];
}

/** That a step was tried more than once. */
interface Retried {
  /** How often it was tried: 2 or more. */
  readonly attempts: number;
  /** Why the first attempt failed. */
  readonly reason: string;
}

/** What became of one step. */
export type StepOutcome =
  | {
    readonly step: Step;
    readonly state: State;
    readonly problems: readonly Problem[];
    /** Milliseconds, waits between attempts included. */
    readonly duration: number;
    /** That it took more than one attempt. */
    readonly retried?: Retried;
    /** What `create` put into the repository. */
    readonly stats?: ArchiveStats;
    /** What a `create` that was interrupted left in the repository. */
    readonly checkpoint?: CheckpointStats;
    /** What `dump` put into the repository, in archives of their own. */
    readonly dumps?: readonly DumpOutcome[];
    /** What `verify-dumps` read back. */
    readonly readBack?: ReadBackStats;
    /** What `verify` read back. */
    readonly verified?: VerifyStats;
    readonly checked?: CheckStats;
    /** How far the plan is by which files are read back. */
    readonly verification?: VerificationRow;
    /** What `inspect` saw. */
    readonly inspection?: Inspection;
    /** What a person should know although nothing is wrong, each a sentence with what to do. */
    readonly remarks?: readonly string[];
    /** What `compact` learned about the space of the repository. */
    readonly space?: RepositorySpace;
  }
  | {
    readonly step: Step;
    readonly state: "skipped";
    /** Why, as the end of the sentence "skipped: …". */
    readonly reason: string;
    /** Whether the reason lies in something that went wrong, so that the reader should look. */
    readonly expected: boolean;
    /** How far the plan is by which files are read back. */
    readonly verification?: VerificationRow;
    /** What `compact` learned about the space of the repository. */
    readonly space?: RepositorySpace;
  };

/** What became of one repository. */
export type RepositoryOutcome =
  | {
    readonly label: string;
    readonly state: State;
    readonly steps: readonly StepOutcome[];
    /** A source is missing from the new archive, which is no good backup. */
    readonly incomplete?: true;
    /** Optional sources of this repository that were not there; their absence is no problem. */
    readonly absentSources?: readonly AbsentSource[];
    /** How much space it has left, and when it will be full. */
    readonly space?: SpaceForecast;
  }
  | {
    readonly label: string;
    /** An optional repository that is not there, such as a disk that is not plugged in. */
    readonly state: "absent";
    readonly reason: string;
  };

/** A signal that ends a run before its time. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGQUIT";

/** What became of the run. */
export interface RunOutcome {
  readonly state: State;
  /** The name of the series, from the configuration. */
  readonly name: string;
  readonly runId: string;
  readonly hostname: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The signal that ended the run before its time. */
  readonly interruptedBy?: StopSignal;
  /** A source is missing from the new archives: they are no good backup. */
  readonly sourcesMissing?: true;
  /** Optional sources that were not there; their absence is no problem. */
  readonly absentSources?: readonly AbsentSource[];
  /** How long services were stopped for the snapshot; `undefined`: none was. */
  readonly pause?: ServicePause;
  /** Problems of the run itself: its sources, its snapshots, its clean-up, its reporters. */
  readonly problems: readonly Problem[];
  /** What a person should know although nothing is wrong, each a sentence with what to do. */
  readonly remarks?: readonly string[];
  /** What of this machine is in no source; `undefined`: it was not looked for. */
  readonly uncovered?: readonly Uncovered[];
  readonly repositories: readonly RepositoryOutcome[];
}

/**
 * Says how bad a list of problems is.
 *
 * @returns `failed` when one of them is an error, `warning` when there are only warnings
 */
export function stateOf(problems: readonly Problem[]): State {
  if (problems.some((problem) => problem.severity === "error")) return "failed";
  return problems.length > 0 ? "warning" : "ok";
}

/**
 * Adds problems to what became of a run; those that it has already are not said twice.
 *
 * @returns the same outcome when there is nothing new
 */
export function withProblems(outcome: RunOutcome, more: readonly Problem[]): RunOutcome {
  const known = (problem: Problem) =>
    outcome.problems.some(({ message, severity }) =>
      message === problem.message && severity === problem.severity
    );
  const fresh = more.filter((problem) => !known(problem));
  if (fresh.length === 0) return outcome;
  return {
    ...outcome,
    problems: [...outcome.problems, ...fresh],
    state: worst([outcome.state, stateOf(fresh)]),
  };
}

/** All problems of a run: its own, and those of the steps of its repositories. */
export function allProblems(outcome: RunOutcome): readonly Problem[] {
  const ofSteps = outcome.repositories.flatMap((repository) =>
    repository.state === "absent"
      ? []
      : repository.steps.flatMap((step) => step.state === "skipped" ? [] : step.problems)
  );
  return [...outcome.problems, ...ofSteps];
}

/**
 * The worst of several states.
 *
 * @returns the worst; `ok` when there are none
 */
export function worst(states: readonly State[]): State {
  if (states.includes("failed")) return "failed";
  return states.includes("warning") ? "warning" : "ok";
}
