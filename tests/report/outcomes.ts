/**
 * Outcomes of runs for the tests.
 *
 * @module
 */
import type {
  ArchiveStats,
  RepositoryOutcome,
  RunOutcome,
  StepOutcome,
} from "../../lib/backup/outcome.ts";
import type { SpaceForecast } from "../../lib/state/repository_space.ts";

/** What `create` put into the repository. */
export const STATS: ArchiveStats = {
  archive: "web-2026-11-22T04:00:00Z-0123abcd",
  files: 1_602,
  originalSize: 1_288_490_189,
  compressedSize: 1_000_000_000,
  newSize: 3_565_158,
  repositorySize: 2_000_000_000,
  changes: { added: 2, modified: 1, changedWhileRead: 0, unreadable: 0 },
};

/** A good `create`. */
export const CREATED: StepOutcome = {
  step: "create",
  state: "ok",
  problems: [],
  duration: 12_300,
  stats: STATS,
};

/** An `inspect` that found nothing wrong. */
export const INSPECTED: StepOutcome = {
  step: "inspect",
  state: "ok",
  problems: [],
  duration: 900,
  inspection: { archives: 1, oldest: undefined, isComplete: true, alarms: [], sources: [] },
};

/** A repository that fills up. */
export const FILLING: SpaceForecast = {
  ...{ free: 40e9, total: 1e12, quota: 50e9, quotaUsed: 20e9, room: 30e9 },
  ...{ growth: 2e9, fullIn: 15 },
};

/** A repository in which everything went well. */
export const GOOD = {
  label: "disk",
  state: "ok",
  steps: [CREATED, INSPECTED],
} as const satisfies RepositoryOutcome;

/** A repository with a wrong passphrase. */
export const BAD: RepositoryOutcome = {
  label: "offsite",
  state: "failed",
  steps: [
    {
      step: "create",
      state: "failed",
      problems: [{ severity: "error", message: "wrong passphrase", hint: "Correct it" }],
      duration: 800,
    },
    { step: "prune", state: "skipped", reason: "create failed", expected: false },
  ],
};

/** A run, good unless something is said. */
export function runWith(different: Partial<RunOutcome> = {}): RunOutcome {
  return {
    state: "ok",
    name: "web",
    runId: "0123abcd",
    hostname: "host",
    startedAt: new Date("2026-11-22T04:00:00Z"),
    finishedAt: new Date("2026-11-22T04:04:10Z"),
    problems: [],
    repositories: [different.sourcesMissing === true ? { ...GOOD, incomplete: true } : GOOD],
    ...different,
  };
}
