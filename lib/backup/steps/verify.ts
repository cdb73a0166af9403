import { join } from "node:path";
import { type ImplicitExcludes, implicitExcludes } from "../../borg/implicit_excludes.ts";
import {
  type ArchivedFile,
  parseReadBack,
  readBackArguments,
  readBackPatterns,
} from "../../borg/read_back.ts";
import { LATE, within } from "../../async/deadline.ts";
import { AppError } from "../../errors.ts";
import { borgCommand } from "../../text/own_command.ts";
import type { Problem, VerifyStats } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { Candidate } from "../../verify/candidates.ts";
import { compare, type Comparison, lookForLost } from "../../verify/comparison.ts";
import type { StagedSources } from "../../staging/staging.ts";
import { formatDuration } from "../../text/units.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/** How many different files are named. */
const NAMED = 5;

/** How long a source may take to give a file, in milliseconds, */
const PATIENCE = 60_000;
/** and bytes a millisecond of the slowest one that is waited for. */
const SLOWEST = 1_000;

/** What shall be verified. */
interface VerifyRequest {
  readonly sources: StagedSources;
  /** The files to be read back. */
  readonly files: readonly Candidate[];
  /** When the archive was begun, in milliseconds since 1970. */
  readonly began: number;
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
 * @param context the run and the repository
 * @param request what is verified
 * @returns what became of it; one difference is a failure
 * @throws {AppError} when Borg can't be started
 */
export async function verify(context: StepContext, request: VerifyRequest): Promise<StepResult> {
  const { plan, target } = context;
  const paths = request.files.map(({ path }) => path);
  const args = readBackArguments(target, plan.archive);
  const result = await callBorg(context, "verify", args, { stdin: readBackPatterns(paths) });
  const { end } = result;
  if (end.kind === "failed" || end.kind === "stopped") return failedStep(context, "verify", result);
  const started = performance.now();
  const isExcluded = await implicitExcludes(target, context.outer);
  const archived = parseReadBack(result.stdout);
  const comparisons = await compareAll(request, archived, isExcluded, context.signal);
  if (comparisons === undefined) {
    return failedStep(context, "verify", { ...result, end: { kind: "stopped" } });
  }
  const problems = problemsOf(comparisons, target.label);
  const duration = result.duration + performance.now() - started;
  const verified = statsOf(comparisons);
  if (verified.files === 0 && problems.length === 0) {
    const reason = "all files that were chosen are excluded, or changed since the backup began";
    return { outcome: { step: "verify", state: "skipped", reason, expected: true } };
  }
  return { outcome: { step: "verify", state: stateOf(problems), problems, duration, verified } };
}

/** Compares one file after the other; gives nothing when the run is being stopped. */
async function compareAll(
  { sources, files, began, complete }: VerifyRequest,
  archived: readonly ArchivedFile[],
  isExcluded: ImplicitExcludes,
  signal: AbortSignal,
): Promise<Comparison[] | undefined> {
  const { root } = sources;
  const comparisons: Comparison[] = [];
  const byPath = new Map(archived.map((file) => [file.path, file]));
  for (const { path } of files) {
    const file = byPath.get(path);
    let comparing: Promise<Comparison> | undefined;
    if (file !== undefined) comparing = compare(root, file, began);
    else if (complete && !await isExcluded(join(root, path))) {
      comparing = lookForLost(root, path, began);
    }
    if (comparing === undefined) continue;
    const limit = PATIENCE + (file?.size ?? 0) / SLOWEST;
    const comparison = await within(comparing, limit, signal);
    if (signal.aborted) return undefined;
    if (comparison === LATE) throw hangs(join(root, path), limit);
    comparisons.push(comparison);
  }
  return comparisons;
}

/** A file system that hangs would keep the snapshots of the whole run. */
function hangs(path: string, limit: number): AppError {
  return new AppError(
    `Cannot read ${JSON.stringify(path)} to compare it with the archive: gave up after waiting ` +
      formatDuration(Math.round(limit / 1_000) * 1_000),
    { hint: "Check whether a disk or a file system of the sources hangs: dmesg --level=err,warn" },
  );
}

function statsOf(comparisons: readonly Comparison[]): VerifyStats {
  const equal = comparisons.filter((comparison) => comparison.kind === "equal");
  return { files: equal.length, size: equal.reduce((sum, { size }) => sum + size, 0) };
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
    hint: "Do not rely on this archive. Check the disk and the memory of this machine and of the " +
      `repository's, then read the whole repository; this changes nothing: ${
        borgCommand(label, "check", "--verify-data", "::")
      }`,
  }];
}
