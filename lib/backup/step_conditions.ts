/**
 * Decides whether a step may follow what went before. Pure, because the wrong answer costs
 * archives: never prune after a create that failed or looks wrong, or after a failed check. The one
 * exception is a create that failed because the repository is full.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import type { Inspection, Step, StepOutcome } from "./outcome.ts";

/** What is known before a step. */
export interface PipelineState {
  /** What became of the steps before it in this repository. */
  readonly before: readonly StepOutcome[];
  /** Whether Borg itself could not do one of them: the repository can't be worked with. */
  readonly unusable: boolean;
  /** Whether `create` failed for nothing but that the repository has no space left. */
  readonly full?: boolean;
  /** Whether the run is being stopped. */
  readonly stopped: boolean;
  /** Steps that the command line leaves out. */
  readonly skip: ReadonlySet<Step>;
  /** Whether the next run will know what this one removes. */
  readonly durable: boolean;
}

/** Whether a step is done. */
type StepCondition =
  | { readonly open: true }
  | {
    readonly open: false;
    readonly reason: string;
    /** Whether it is skipped because it was asked for, not because something went wrong. */
    readonly expected: boolean;
  };

const OPEN: StepCondition = { open: true };

/**
 * Decides whether a step may follow what went before.
 *
 * @returns whether it is done, and if not, why
 */
export function stepCondition(step: Step, state: PipelineState): StepCondition {
  if (state.skip.has(step)) return closed("excluded by --skip", true);
  if (state.stopped) return closed("the run was stopped");
  // A dump that failed says nothing of the files: only its own series is not pruned then.
  const failures = state.before.filter((one) => one.state === "failed" && one.step !== "dump");
  // `create` comes first, and whatever else failed counts more.
  const failed = failures.at(state.full === true ? -1 : 0)?.step;
  if (state.unusable) return closed(`${failed ?? "an earlier step"} failed`);
  // They tell what the archives are worth, also when the new one is doubtful.
  if (step === "dump" || step === "create" || step === "inspect" || step === "check") return OPEN;
  if (step === "verify-dumps") {
    return state.skip.has("verify") ? closed("excluded by --skip", true) : OPEN;
  }
  if (step === "verify" && state.skip.has("create")) return closed("there is no new archive", true);
  const inspection = inspectionOf(state.before);
  const open = inspection?.alarms.filter(({ accepted }) => !accepted) ?? [];
  if (open.length > 0) return closed(`suspended by ${describeOpen(open)}`);
  // Room is what a full repository needs: `making_room.ts` says what may go.
  const makesRoom = state.full === true && failed === "create" && removes(step);
  if (failed !== undefined && !makesRoom) return closed(`${failed} failed`);
  // What is in the archive can be verified, whatever is missing from it.
  if (step === "verify") return OPEN;
  if (inspection === undefined) return closed("the repository was not inspected");
  // What is removed now would be called vanished by the next run.
  return state.durable ? OPEN : closed("the history can't be written");
}

function removes(step: Step): boolean {
  return step === "prune" || step === "compact";
}

/** What `inspect` saw, if it got that far. */
function inspectionOf(steps: readonly StepOutcome[]): Inspection | undefined {
  const inspect = steps.find(({ step }) => step === "inspect");
  return inspect === undefined || inspect.state === "skipped" ? undefined : inspect.inspection;
}

/** Such as "2 alarms: archives-vanished, source-empty". */
function describeOpen(open: readonly Alarm[]): string {
  const kinds = [...new Set(open.map(({ kind }) => kind))].join(", ");
  return `${open.length === 1 ? "an alarm" : `${open.length} alarms`}: ${kinds}`;
}

function closed(reason: string, expected = false): StepCondition {
  return { open: false, reason, expected };
}
