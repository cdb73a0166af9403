/**
 * What is to be released, and what became of it.
 *
 * @module
 */
import type { JournalRun, JournalSnapshot } from "../state/journal.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import type { Problem } from "../backup/outcome.ts";

/** What is to be released. */
export interface SnapshotReleaseRequest {
  readonly run: RunZfsCommand;
  /** Logs a decision. */
  readonly note: (text: string) => void;
  /** The configuration's name. */
  readonly configuration: string;
  readonly journal: JournalRun;
  /** Full names that this very process has held and marked for destruction. */
  readonly deferred: ReadonlySet<string>;
  /** What did not answer in this run; it is not asked again. */
  readonly hung: ReadonlySet<string>;
  /** Full names that are still mounted, and therefore busy. */
  readonly mounted: ReadonlySet<string>;
  /** Milliseconds between attempts at what is busy; half a minute in all when left out. */
  readonly pauses?: readonly number[];
}

/** What is left of the snapshots. */
export interface SnapshotReleaseOutcome {
  /** What has to be tried again by the next run. */
  readonly remaining: readonly JournalSnapshot[];
  readonly problems: readonly Problem[];
}

/** Why a snapshot that is busy stays. */
export const IN_USE = "they are still in use, perhaps in another mount namespace";
/** How its users are found. */
export const SEE_USERS =
  `See who uses them: grep -l "@autoborg-" /proc/[0-9]*/mountinfo; the next run tries again`;

/** How many snapshots a problem names. */
const NAMED = 3;

/**
 * Keeps snapshots in the journal.
 *
 * @param snapshots which
 * @param reason why, as the end of a sentence
 * @param hint what to do about it
 */
export function keep(
  snapshots: readonly JournalSnapshot[],
  reason: string,
  hint: string,
): SnapshotReleaseOutcome {
  if (snapshots.length === 0) return { remaining: [], problems: [] };
  const names = snapshots.slice(0, NAMED).map(({ name }) => `"${name}"`).join(", ");
  const more = snapshots.length > NAMED ? ` and ${snapshots.length - NAMED} more` : "";
  const what = snapshots.length === 1 ? "snapshot" : "snapshots";
  const message = `Cannot release the ${what} ${names}${more}: ${reason}`;
  return { remaining: snapshots, problems: [{ severity: "warning", message, hint }] };
}

/**
 * Keeps snapshots of a pool that does not answer.
 *
 * @param snapshots which
 * @param pool the pool's name
 */
export function keepHung(
  snapshots: readonly JournalSnapshot[],
  pool: string,
): SnapshotReleaseOutcome {
  return keep(snapshots, `the pool "${pool}" does not answer`, `See "zpool status ${pool}"`);
}

/**
 * Puts outcomes together.
 *
 * @param outcomes of different snapshots
 */
export function together(outcomes: readonly SnapshotReleaseOutcome[]): SnapshotReleaseOutcome {
  return {
    remaining: outcomes.flatMap(({ remaining }) => remaining),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}
