import { pruneArguments } from "../../borg/commands.ts";
import { whyRulesUnsupported } from "../../borg/rules_support.ts";
import { finishedStep } from "./finished_step.ts";
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
  const known = new Set(memory.recall().archives.map(({ name }) => name));
  const result = await callBorg(context, "prune", args, {
    onLine: (line) => {
      const removed = line.kind === "message" ? prunedArchive(line.text, known) : undefined;
      if (removed !== undefined) memory.removed([removed]);
    },
  });
  return finishedStep(context, "prune", result);
}

/**
 * The archive that a line says is pruned: "Pruning archive: NAME  Mon, 2026-11-23 ..." of Borg 1.2,
 * "Pruning archive (1/3): NAME  ..." of Borg 1.4.
 */
function prunedArchive(text: string, known: ReadonlySet<string>): string | undefined {
  if (!text.startsWith("Pruning archive")) return undefined;
  return text.split(/\s+/).find((word) => known.has(word));
}
