import { pruneArguments } from "../../borg/commands.ts";
import type { BorgLine } from "../../borg/log_line.ts";
import { whyRulesUnsupported } from "../../borg/rules_support.ts";
import { parseArchiveName, seriesGlob } from "../../text/archive_name.ts";
import { finishedStep } from "./finished_step.ts";
import { pruneAroundPins } from "./prune_around_pins.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, type StepContext, type StepResult } from "./borg_step.ts";

/**
 * Removes the archives of this series that retention does not keep. Each one is noted before Borg
 * deletes it: killed in between, the next run must not call it vanished.
 *
 * @param retention what is kept; the repository's when left out
 * @throws {AppError} when Borg can't be started
 */
export async function prune(
  context: StepContext,
  memory: RepositoryMemory,
  retention = context.target.retention,
): Promise<StepResult> {
  return await pruneSeries(context, memory, context.plan.name, retention) ?? NOTHING_SET;
}

const NOTHING_SET: StepResult = {
  outcome: {
    step: "prune",
    state: "skipped",
    reason: "no retention is set, so nothing is pruned",
    expected: true,
  },
};

/**
 * Removes the archives of a series that retention does not keep.
 *
 * @returns what became of it; `undefined`: no rule is set
 * @throws {AppError} when Borg can't be started
 */
export async function pruneSeries(
  context: StepContext,
  memory: RepositoryMemory,
  series: string,
  retention: StepContext["target"]["retention"],
): Promise<StepResult | undefined> {
  const args = pruneArguments(context.target, series, retention);
  if (args === undefined) return undefined;
  const unsupported = await whyRulesUnsupported(context, retention);
  if (unsupported !== undefined) {
    const problems = [{ severity: "error", ...unsupported }] as const;
    return { outcome: { step: "prune", state: "failed", problems, duration: 0 } };
  }
  const known = new Set(
    memory.recall().archives.flatMap(({ name, state }) => state === "removed" ? [] : [name]),
  );
  const onLine = (line: BorgLine) => {
    const removed = line.kind === "message" ? removedArchive(line.text, known) : undefined;
    if (removed !== undefined) memory.removed([removed]);
  };
  const isOfSeries = (archive: string) => parseArchiveName(archive)?.series === series;
  const pinned = new Set(memory.pins().map(({ archive }) => archive));
  if ([...pinned].some(isOfSeries)) {
    const isEmpty = ![...known].some(isOfSeries);
    const around = { glob: seriesGlob(series), retention, isEmpty, pinned, onLine };
    const result = await pruneAroundPins(context, around);
    if (result !== undefined) return result;
  }
  return finishedStep(context, "prune", await callBorg(context, "prune", args, { onLine }));
}

/**
 * The archive that a line says is removed: "Pruning archive: NAME  Mon, 2026-11-23 ..." of Borg 1.2,
 * "Pruning archive (1/3): NAME  ..." of Borg 1.4, "Deleting archive: NAME  ..." where others are pinned.
 */
function removedArchive(text: string, known: ReadonlySet<string>): string | undefined {
  if (!/^(?:Pruning|Deleting) archive/.test(text)) return undefined;
  return text.split(/\s+/).find((word) => known.has(word));
}
