/** What share of the data was read back, from the history. @module */
import type { History } from "../state/history.ts";
import { type Coverage, coverageOf } from "../state/verifications.ts";

/** What was read back in the last cycle. */
export interface CoverageReport extends Omit<Coverage, "cycle"> {
  readonly cycleSeconds: number;
}

/** A repository as the configuration has it. */
export interface VerifiedRepository {
  readonly label: string;
  /** What is read back from each new archive. */
  readonly verify: {
    readonly files: number;
    /** Milliseconds. */
    readonly cycle: number;
  };
}

/**
 * Looks up what was read back from the archives of a repository.
 *
 * @returns `null`: nothing yet, or nothing shall be
 */
export function repositoryCoverage(
  past: Pick<History, "goodBackups" | "verifications"> | undefined,
  name: string,
  { label, verify: { files, cycle } }: VerifiedRepository,
  now: Date,
): CoverageReport | null {
  if (past === undefined || files === 0 || cycle === 0) return null;
  const verifications = past.verifications(name, label, new Date(now.getTime() - cycle));
  if (verifications.length === 0) return null;
  const [newest] = past.goodBackups(name, label, 1);
  const total = newest?.step.originalSize ?? 0;
  return coverageReport(coverageOf(verifications, { cycle, now, total }));
}

function coverageReport(coverage: Coverage | undefined): CoverageReport | null {
  if (coverage === undefined) return null;
  const { cycle, ...rest } = coverage;
  const share = Math.floor(rest.share * 10_000) / 10_000;
  return { cycleSeconds: cycle / 1_000, ...rest, share };
}
