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
 * @param context the run and the repository
 * @param memory what is known of the repository
 * @param retention what is kept; the repository's when left out
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function prune(
  context: StepContext,
  memory: RepositoryMemory,
  retention = context.target.retention,
): Promise<StepResult> {
  const args = pruneArguments(context.target, context.plan.name, retention);
  if (args === undefined) {
    const reason = "no retention is set, so nothing is pruned";
    return { outcome: { step: "prune", state: "skipped", reason, expected: true } };
  }
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
  const { name } = context.plan;
  const pinned = new Set(memory.pins().map(({ archive }) => archive));
  if ([...pinned].some((archive) => parseArchiveName(archive)?.series === name)) {
    const isEmpty = known.size === 0;
    const around = { glob: seriesGlob(name), retention, isEmpty, pinned, onLine };
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
