/** How far the plan is by which files are read back, and what share of the data it has reached. @module */
import type { ArchivedFile } from "../../borg/read_back.ts";
import { coverageOf, type VerificationRow } from "../../state/verifications.ts";
import { type ChosenFiles, debtAfter } from "../../verify/chosen_files.ts";
import type { Comparison } from "../../verify/comparison.ts";
import { positionAfter } from "../../verify/nightly_share.ts";
import { SLOTS } from "../../verify/plan_slots.ts";
import type { VerifyStats } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import type { Verification } from "../verification.ts";
import type { StepContext } from "./borg_step.ts";

/** How many files that differed are read back again in the next run. */
const MOST_AGAIN = 100;

/** The run, the repository, and what is known of it. */
export interface VerifyContext extends StepContext {
  readonly memory: Pick<RepositoryMemory, "verifications">;
}

/** What was read back and compared. */
interface ReadFiles {
  readonly archived: readonly ArchivedFile[];
  readonly comparisons: readonly Comparison[];
}

/** When Borg did not read to its end. */
export const NOTHING_READ: ReadFiles = { archived: [], comparisons: [] };

/** How far the plan is after this run. */
export function progressOf(
  { plan }: StepContext,
  { limits, again }: Verification,
  { files, share, done, tooLarge, waiting, isLarge }: ChosenFiles,
  { archived, comparisons }: ReadFiles,
): VerificationRow {
  const planned = new Map(files.flatMap((one) => one.planned ? [[one.path, one.size]] : []));
  const content = new Map(archived.map(({ path, sha256 }) => [path, sha256]));
  const ofPlan = done === 0 ? [] : comparisons.filter(({ path }) => planned.has(path));
  const equal = ofPlan.flatMap((one) => one.kind === "equal" ? [one.size] : []);
  // A further name of a file has no content of its own.
  const missed = ofPlan.filter((one) => one.kind !== "equal" && content.get(one.path) !== undefined)
    .map(({ path }) => planned.get(path) ?? 0);
  const read = archived.reduce((sum, { size, sha256 }) => sum + (sha256 ? size : 0), 0);
  const lost = isLarge && comparisons.length === 0 ? [...planned.values()] : [];
  const { next, owed } = positionAfter(share, done, plan.startedAt.getTime());
  const different = comparisons.flatMap((one) => one.kind === "different" ? [one.path] : []);
  const unclear = comparisons.flatMap((one) =>
    one.kind === "changed" && again.includes(one.path) ? [one.path] : []
  );
  return {
    next,
    owed,
    debt: debtAfter(limits, read + sum(lost)),
    lap: done / SLOTS,
    files: equal.length,
    bytes: sum(equal),
    missedFiles: missed.length + lost.length + tooLarge.files,
    missedBytes: sum(missed) + sum(lost) + tooLarge.size,
    differences: different.length,
    again: JSON.stringify([...different, ...unclear, ...waiting].slice(0, MOST_AGAIN)),
  };
}

/** Adds sizes up. */
export function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all + size, 0);
}

/** What was read back in the last cycle, with this run. */
export function coverageWith(
  { plan: { startedAt: now }, target: { verify: { cycle } }, memory }: VerifyContext,
  progress: VerificationRow,
  total: number,
): Pick<VerifyStats, "coverage"> {
  const since = new Date(now.getTime() - cycle);
  const tonight = { ...progress, at: now.getTime() };
  const coverage = coverageOf([tonight, ...memory.verifications(since)], { cycle, now, total });
  return coverage === undefined ? {} : { coverage };
}
