/**
 * Decides what of a repository is checked in a run: docs/explanation/checks.md says why it is so.
 *
 * @module
 */
import type { Repository } from "../config/config_schema.ts";
import {
  type ArchiveCheck,
  type CheckState,
  firstChecks,
  type RepositoryChecks,
} from "../state/check_ledger.ts";
import { type ArchiveTurn, archiveTurns, dueArchives, isDue } from "../state/check_coverage.ts";
import { parseObject } from "../text/json.ts";
import { localTime } from "../text/local_time.ts";
import type { StepOutcome } from "./outcome.ts";
import type { RepositoryMemory } from "./repository_memory.ts";

/** What is due. */
export interface CheckPlan {
  readonly checks: RepositoryChecks;
  /** Whether all data is read, which checks everything else as well. */
  readonly allData: boolean;
  /** Whether it is the turn of the repository. */
  readonly repository: boolean;
  /** The archives whose turn it is, in their order. */
  readonly due: readonly ArchiveTurn[];
  readonly archives: readonly ArchiveTurn[];
}

/** What is known of checks. */
export type KnownChecks = Pick<
  RepositoryMemory,
  "checks" | "noteChecks" | "noteArchives" | "forgetArchives" | "recall" | "takeOvers"
>;

/**
 * Plans the checks of a run, and notes when everything must be checked anew: after an alarm, after one
 * about the repository was accepted, and at another location.
 *
 * @param now when the run began, in milliseconds since 1970
 * @returns what is due, or why nothing is
 */
export function planCheck(
  target: Repository,
  memory: KnownChecks,
  now: number,
): CheckPlan | string {
  const { enabled, repositoryEvery, archivesEvery, verifyDataEvery } = target.check;
  if (!enabled) return "check is not enabled";
  const present = memory.recall().archives;
  const state = reviewed(target, memory, now);
  const checks = state.repository;
  const archives = archiveTurns(present, state);
  const isAnew = checks.due !== null || checks.damage !== null;
  const allData = isDue(checks.verifiedAt, verifyDataEvery, now) ||
    isAnew && repositoryEvery === "never" && verifyDataEvery !== "never";
  const repository = repositoryEvery !== "never" &&
    (isAnew || checks.cycle !== null || isDue(checks.completedAt, repositoryEvery, now));
  const due = dueArchives(archives, archivesEvery, now);
  if (allData || repository || due.length > 0) {
    return { checks, allData, repository, due, archives };
  }
  const last = checks.completedAt;
  return last === null
    ? "nothing is due yet"
    : `not due yet: the last complete check was at ${localTime(last)}`;
}

interface Reviewed extends CheckState {
  readonly repository: RepositoryChecks;
}

/** Brings what is known of the checks up to what is known of the repository. */
function reviewed(target: Repository, memory: KnownChecks, now: number): Reviewed {
  const { archives, alarms } = memory.recall();
  const present = archives.flatMap(({ name, state }) => state === "present" ? [name] : []);
  const known = memory.checks();
  const gone = known.archives.map(({ archive }) => archive).filter((one) => !present.includes(one));
  if (gone.length > 0) memory.forgetArchives(gone);
  const seen: Seen = {
    url: target.url,
    takeOvers: memory.takeOvers(),
    alarms: alarms.map(({ kind, subject, raisedBy }) => `${kind} ${raisedBy} ${subject}`),
  };
  const written = JSON.stringify(seen);
  const before = known.repository;
  if (before !== undefined && before.seen === written) {
    return { repository: before, archives: known.archives };
  }
  const reason = before === undefined ? undefined : whyAnew(readSeen(before.seen), seen);
  const checks = { ...before ?? firstChecks(written, now), seen: written };
  if (reason === undefined) {
    memory.noteChecks(checks);
    return { repository: checks, archives: known.archives };
  }
  const anew = present.map((archive) => {
    const check = known.archives.find((one) => one.archive === archive);
    return { ...check ?? unread(archive), isDue: true };
  });
  const { cycle } = checks;
  // What its earlier parts have found says nothing of what is there now.
  const repository = {
    ...checks,
    due: reason,
    cycle: cycle === null ? null : { ...cycle, begunAt: null },
  };
  memory.noteArchives(anew);
  memory.noteChecks(repository);
  return { repository, archives: anew };
}

/** What a check looks at besides the data. */
interface Seen {
  readonly url: string;
  readonly takeOvers: number;
  readonly alarms: readonly string[];
}

/** Why everything must be checked anew, as the end of a sentence that begins with "because". */
function whyAnew(before: Seen, seen: Seen): string | undefined {
  if (seen.url !== before.url) return "the repository is at another location";
  // A history that lasts only as long as the run knows of none.
  if (seen.takeOvers > before.takeOvers) return "an alarm about the repository was accepted";
  const raised = seen.alarms.filter((alarm) => !before.alarms.includes(alarm));
  if (raised.length === 0) return undefined;
  return `an alarm was raised: ${[...new Set(raised.map((one) => one.split(" ")[0]))].join(", ")}`;
}

function readSeen(text: string): Seen {
  const { url, takeOvers, alarms } = parseObject(text) ?? {};
  return {
    url: typeof url === "string" ? url : "",
    takeOvers: typeof takeOvers === "number" ? takeOvers : 0,
    alarms: Array.isArray(alarms) ? alarms.filter((one) => typeof one === "string") : [],
  };
}

/** What is known of the checks of an archive that was never read. */
export function unread(archive: string): ArchiveCheck {
  return {
    archive,
    checkedAt: null,
    isDue: false,
    duration: null,
    damage: null,
    damagedAt: null,
    tries: 0,
  };
}

/** How many of the last archives are asked for the size of the repository. */
const RECENT = 5;

/** Size of the repository in bytes, as Borg told it last; `undefined`: not known. */
export function knownSize(
  memory: Pick<RepositoryMemory, "creates">,
  steps: readonly StepOutcome[],
): number | undefined {
  const own = steps.flatMap((step) => step.state === "skipped" ? [] : step.stats ?? []).at(0);
  const past = memory.creates(RECENT).map(({ repositorySize }) => repositorySize);
  return own?.repositorySize ?? past.findLast((size) => size !== null) ?? undefined;
}
