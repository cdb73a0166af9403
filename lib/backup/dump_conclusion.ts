/** What became of a dump in one repository, once its Borg has ended. @module */
import type { DumpSource, DumpWarning } from "../databases/dump_source.ts";
import type { TeeResult } from "../databases/tee.ts";
import type { Problem } from "../problem.ts";
import { databaseLabel, type DatabaseName } from "../text/database_series.ts";
import { humanSize } from "../text/units.ts";
import type { DumpOutcome, DumpProblem } from "./dump_outcome.ts";
import type { Emit, RunEvent } from "./events.ts";
import { problemOf } from "./problems.ts";
import type { DumpCreate, DumpTarget } from "./steps/dump_target.ts";
import { interruptionOf, problemOf as failureProblem } from "./steps/borg_step.ts";

/** What became of the dump in one repository. */
export interface TargetResult {
  readonly target: DumpTarget;
  readonly outcome: DumpOutcome;
  /** Whether the repository should be left alone for the rest of the dumps. */
  readonly isAway: boolean;
}

/** The dump itself, whatever became of it in the repositories. */
export type Dumped =
  | {
    readonly kind: "whole";
    readonly result: TeeResult;
    readonly warnings: readonly DumpWarning[];
  }
  | { readonly kind: "failed"; readonly problem: DumpProblem }
  /** No repository takes it any longer. */
  | { readonly kind: "unwanted" };

/** What is known of the dump. */
interface ConcludeContext {
  readonly source: Pick<DumpSource, "name">;
  /** Bytes a second below which a repository drops out. */
  readonly minRate: number;
  /** Aborts when the run is to end. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** A Borg that has got all that it gets. */
interface EndedCreate extends DumpCreate {
  readonly isSlow: boolean;
  readonly isReady: boolean;
  /** When the dump began, by the monotonic clock. */
  readonly began: number;
}

/** Judges a Borg once it has ended, writes that down and says what went wrong. */
export async function concluded(
  context: ConcludeContext,
  create: EndedCreate,
  dumped: Dumped,
): Promise<TargetResult> {
  const { source: { name }, emit } = context;
  const { target, archive, began } = create;
  const made = await judged(create, dumped, context);
  const duration = Math.round(performance.now() - began);
  if (made.kind === "made" && dumped.kind === "whole") {
    const { size, sha256 } = dumped.result;
    const { newSize } = made;
    const isClean = { state: "made", leftover: made.leftover } as const;
    target.note(name, archive, { ...isClean, size, sha256, newSize: newSize ?? null, duration });
    const problems = dumped.warnings.map((one) => ({ severity: "warning", ...one }) as const);
    const state = problems.length > 0 ? "warning" : "ok";
    const figures = { size, sha256, ...(newSize === undefined ? {} : { newSize }) };
    return {
      target,
      outcome: { ...name, state, archive, ...figures, duration, problems },
      isAway: false,
    };
  }
  const problem = made.kind === "failed" ? made.problem : unexplained;
  target.note(name, archive, {
    // Nobody knows whether there is an archive of it: the next run looks.
    state: dumped.kind === "whole" && made.kind === "failed" && made.leftover ? "sealed" : "failed",
    leftover: made.kind === "failed" && made.leftover,
    duration,
    reason: problem.message,
    ...(dumped.kind === "whole" ? dumped.result : {}),
  });
  // What is wrong with the dump itself is said once for all repositories.
  if (dumped.kind !== "failed" || problem !== dumped.problem) {
    emit(failureNote(name, problem, target.label));
  }
  return {
    target,
    outcome: { ...name, state: "failed", duration, problems: [problem] },
    isAway: made.kind === "failed" && made.isAway,
  };
}

/** Tells the log at once that a database was not dumped, into one repository or into all. */
export function failureNote(
  name: DatabaseName,
  { message }: Problem,
  repository?: string,
): RunEvent {
  const scope = { step: "dump", ...(repository === undefined ? {} : { repository }) } as const;
  const text = `${databaseLabel(name)} was not dumped: ${message}`;
  return { type: "note", scope, level: "error", text };
}

const unexplained = { severity: "error", message: "Borg made no archive" } as const;

type Judged =
  | { readonly kind: "made"; readonly newSize: number | undefined; readonly leftover: boolean }
  | {
    readonly kind: "failed";
    readonly problem: DumpProblem;
    readonly leftover: boolean;
    readonly isAway: boolean;
  };

/** Whether there is a good archive, and if not, why. */
async function judged(
  { target, archive, ended, isSlow, isReady }: EndedCreate,
  dumped: Dumped,
  { minRate, signal, emit }: ConcludeContext,
): Promise<Judged> {
  // One that was cut off has not got all of it, whoever else has.
  const isWhole = dumped.kind === "whole" && !isSlow;
  const none = (problem: DumpProblem, leftover: boolean, isAway: boolean): Judged => {
    return { kind: "failed", problem, leftover, isAway };
  };
  let result;
  try {
    result = await ended;
  } catch (error) {
    return none({ ...problemOf(error, emit), isOfRepository: true }, false, true);
  }
  const { end } = result;
  const isGood = end.kind === "success" || end.kind === "warnings";
  if (isGood && isWhole) {
    return { kind: "made", newSize: target.newSize(result), leftover: false };
  }
  // One that did not even open the repository has left nothing in it.
  const { made, isClean } = isReady
    ? await target.clean(archive, isWhole)
    : { made: "none", isClean: true };
  if (made === "made") return { kind: "made", newSize: undefined, leftover: !isClean };
  if (isSlow) {
    const message = `the repository took less than ${humanSize(minRate)} a second for 5 min, ` +
      "the min_rate of [[databases]]";
    const hint = "Find out why it is slow, or set a lower min_rate";
    return none({ severity: "error", message, hint, isOfRepository: true }, !isClean, true);
  }
  if (end.kind === "failed") {
    const problem: DumpProblem = { ...failureProblem(end.failure), isOfRepository: true };
    return none(problem, !isClean, !isReady || end.failure.kind === "full");
  }
  if (dumped.kind === "failed") return none(dumped.problem, !isClean, false);
  const message = signal.aborted ? interruptionOf(signal) : unexplained.message;
  return none({ severity: "error", message }, !isClean, false);
}
