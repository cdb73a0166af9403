/**
 * Prunes where archives are pinned. Borg's own prune knows no exception, so it says what it would remove,
 * and of that everything is deleted that is not pinned.
 *
 * @module
 */
import { deleteArchivesArguments, pruneGlobArguments } from "../../borg/commands.ts";
import type { BorgLine } from "../../borg/log_line.ts";
import { parsePruneVerdict, type PruneVerdict } from "../../borg/prune_plan.ts";
import { finishedStep } from "./finished_step.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";

interface PinnedPrune {
  /** Which archives are counted. */
  readonly glob: string;
  readonly retention: StepContext["target"]["retention"];
  /** Whether there are any. */
  readonly isEmpty: boolean;
  /** Those that stay. */
  readonly pinned: ReadonlySet<string>;
  /** The exact names of archives by Borg's ids of them, when they may have spaces. */
  readonly names?: ReadonlyMap<string, string>;
  /** Hears every line of the Borg that deletes. */
  readonly onLine?: (line: BorgLine) => void;
}

/**
 * Removes the archives that the rules do not keep, but for those that are pinned.
 *
 * @returns what became of the step; `undefined`: no rule is set
 * @throws {AppError} when Borg can't be started
 */
export async function pruneAroundPins(
  context: StepContext,
  { glob, retention, isEmpty, pinned, names, onLine }: PinnedPrune,
): Promise<StepResult | undefined> {
  const { target } = context;
  const args = pruneGlobArguments(target, glob, retention, true);
  if (args === undefined) return undefined;
  const verdicts: PruneVerdict[] = [];
  const preview = await callBorg(context, "prune", args, {
    onLine: (line) => {
      const verdict = line.kind === "message" ? parsePruneVerdict(line.text) : undefined;
      if (verdict !== undefined) verdicts.push(verdict);
    },
  });
  const { end, duration } = preview;
  if (end.kind === "failed" || end.kind === "stopped") return failedStep(context, "prune", preview);
  if (verdicts.length === 0 && !isEmpty) return unreadable(duration);
  const left = verdicts.filter(({ rule }) => rule === undefined)
    .map(({ archive, id }) => names?.get(id) ?? archive);
  sayPinned(context, left.filter((archive) => pinned.has(archive)));
  const [first, ...more] = left.filter((archive) => !pinned.has(archive));
  if (first === undefined) return finishedStep(context, "prune", preview);
  const removal = deleteArchivesArguments(target, first, ...more);
  const result = await callBorg(context, "prune", removal, onLine === undefined ? {} : { onLine });
  return finishedStep(context, "prune", { ...result, duration: duration + result.duration });
}

/** A Borg whose words are others would never remove anything, and nobody would notice. */
function unreadable(duration: number): StepResult {
  const problem = {
    severity: "error",
    message: "Cannot prune around pinned archives: Borg did not report what its rules keep",
  } as const;
  return { outcome: { step: "prune", state: "failed", problems: [problem], duration } };
}

function sayPinned({ emit, target }: StepContext, archives: readonly string[]): void {
  const scope = { repository: target.label, step: "prune" } as const;
  for (const archive of archives) {
    const text = `${archive} stays: it is pinned`;
    emit({ type: "note", scope, level: "info", text });
  }
}
