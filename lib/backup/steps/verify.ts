import { join } from "node:path";
import { type ImplicitExcludes, implicitExcludes } from "../../borg/implicit_excludes.ts";
import {
  type ArchivedFile,
  parseReadBack,
  readBackArguments,
  readBackPatterns,
} from "../../borg/read_back.ts";
import type { BorgResult } from "../../borg/run_borg.ts";
import { mapConcurrent } from "../../async/concurrency.ts";
import { LATE, within } from "../../async/deadline.ts";
import { AppError } from "../../errors.ts";
import type { Problem, StepOutcome, VerifyStats } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { ChangedFiles } from "../../verify/changed_files.ts";
import type { ChosenFiles } from "../../verify/chosen_files.ts";
import { distrustHint } from "../../verify/distrust.ts";
import { compare, type Comparison, lookForLost } from "../../verify/comparison.ts";
import type { StagedSources } from "../../staging/staging.ts";
import type { VerificationRow } from "../../state/verifications.ts";
import { humanLimit } from "../../text/units.ts";
import type { Verification } from "../verification.ts";
import {
  coverageWith,
  NOTHING_READ,
  progressOf,
  sum,
  type VerifyContext,
} from "./verify_progress.ts";
import { callBorg, failedStep, type StepResult } from "./borg_step.ts";

/** How many different files are named. */
const NAMED = 5;

/** How long a source may take to give a file, in milliseconds, */
const TIMEOUT = 60_000;
/** and bytes a millisecond of the slowest one that is waited for. */
const SLOWEST = 1_000;

/** What shall be verified. */
interface VerifyRequest {
  readonly sources: StagedSources;
  readonly verification: Verification;
  readonly changed: ChangedFiles;
  /** Bytes of all files in the archive. */
  readonly total: number;
  /** When the archive was begun, in milliseconds since 1970. */
  readonly began: () => number;
  /**
   * Nothing is excluded and Borg read everything: a file that is not in the archive is lost, unless
   * Borg leaves it out by itself.
   */
  readonly complete: boolean;
}

/**
 * Reads files back from the new archive, out of the repository, and compares them with their
 * source. One Borg process reads them all.
 *
 * @returns what became of it; one difference is a failure
 * @throws {AppError} when Borg can't be started
 */
export async function verify(context: VerifyContext, request: VerifyRequest): Promise<StepResult> {
  const { plan, target } = context;
  const { verification } = request;
  const began = performance.now();
  const chosen = await verification.choose(request.changed.paths);
  if (chosen.files.length === 0) return nothingToRead(context, request, chosen);
  const args = readBackArguments(target, plan.archive);
  const stdin = readBackPatterns(chosen.files.map(({ path }) => path));
  const result = await callBorg(context, "verify", args, { stdin, returnsFailures: true });
  const failed = (how: BorgResult) => {
    const step = failedStep(context, "verify", how);
    if (!chosen.isLarge) return step;
    // Its turn is over: otherwise each night would try it without success, and read nothing else.
    const missed = progressOf(context, verification, chosen, NOTHING_READ);
    return { ...step, outcome: { ...step.outcome, verification: missed } };
  };
  const { end } = result;
  if (end.kind === "failed" || end.kind === "stopped") return failed(result);
  const isExcluded = await implicitExcludes(target, context.inherited);
  const archived = parseReadBack(result.stdout);
  const comparisons = await compareAll(request, chosen, archived, isExcluded, context.signal);
  if (comparisons === undefined) return failed({ ...result, end: { kind: "stopped" } });
  const problems = problemsOf(comparisons, target.label);
  const duration = performance.now() - began;
  const progress = progressOf(context, verification, chosen, { archived, comparisons });
  const verified = { ...statsOf(comparisons), ...coverageWith(context, progress, request.total) };
  if (verified.files === 0 && problems.length === 0) {
    const reason = "all chosen files are excluded, or have changed since the backup began";
    return { outcome: skipped(reason, progress) };
  }
  const state = stateOf(problems);
  return {
    outcome: { step: "verify", state, problems, duration, verified, verification: progress },
  };
}

function nothingToRead(
  context: VerifyContext,
  { verification }: VerifyRequest,
  chosen: ChosenFiles,
): StepResult {
  if (context.signal.aborted) return { outcome: skipped("the run was stopped"), stopped: true };
  const progress = progressOf(context, verification, chosen, NOTHING_READ);
  const reason = verification.limits.debt > 0
    ? "earlier runs read more than verify.max_bytes"
    : "no file was found to read back";
  return { outcome: skipped(reason, progress) };
}

function skipped(reason: string, verification?: VerificationRow): StepOutcome {
  const outcome = { step: "verify", state: "skipped", reason, expected: true } as const;
  return verification === undefined ? outcome : { ...outcome, verification };
}

/** Compares the files, a few at a time; gives nothing when the run is being stopped. */
async function compareAll(
  { sources: { root }, began, complete }: VerifyRequest,
  { files }: ChosenFiles,
  archived: readonly ArchivedFile[],
  isExcluded: ImplicitExcludes,
  signal: AbortSignal,
): Promise<Comparison[] | undefined> {
  const since = began();
  const byPath = new Map(archived.map((file) => [file.path, file]));
  const compareOne = async (path: string, file: ArchivedFile | undefined) => {
    if (file !== undefined) return await compare(root, file, since);
    if (!complete || await isExcluded(join(root, path))) return undefined;
    return await lookForLost(root, path, since);
  };
  const compared = await mapConcurrent(files, async ({ path }) => {
    const file = byPath.get(path);
    const limit = TIMEOUT + (file?.size ?? 0) / SLOWEST;
    if (signal.aborted) return undefined;
    const comparison = await within(compareOne(path, file), limit, signal);
    if (comparison === LATE && !signal.aborted) throw hangs(join(root, path), limit);
    return comparison === LATE ? undefined : comparison;
  });
  return signal.aborted ? undefined : compared.filter((one) => one !== undefined);
}

/** A file system that hangs would keep the snapshots of the whole run. */
function hangs(path: string, limit: number): AppError {
  return new AppError(
    `Cannot read ${JSON.stringify(path)} to compare it with the archive: gave up after waiting ` +
      humanLimit(Math.round(limit / 1_000) * 1_000),
    { hint: "Check whether a disk or file system of the sources hangs: dmesg --level=err,warn" },
  );
}

function statsOf(comparisons: readonly Comparison[]): VerifyStats {
  const equal = comparisons.flatMap((one) => one.kind === "equal" ? [one.size] : []);
  return { files: equal.length, size: sum(equal) };
}

function problemsOf(comparisons: readonly Comparison[], label: string): Problem[] {
  const different = comparisons.filter((comparison) => comparison.kind === "different");
  if (different.length === 0) return [];
  const names = different.slice(0, NAMED).map(({ path, why }) => `${JSON.stringify(path)}: ${why}`);
  const more = different.length > NAMED ? "; …" : "";
  const say = different.length === 1
    ? "1 file in the archive differs from its source"
    : `${different.length} files in the archive differ from their source`;
  return [{
    severity: "error",
    message: `${say}: ${names.join("; ")}${more}`,
    hint: distrustHint(label),
  }];
}
