import { compactArguments } from "../../borg/commands.ts";
import type { BorgLine } from "../../borg/log_line.ts";
import { localPath } from "../../borg/repository.ts";
import { parseQuotaMessage, readLimits } from "../../borg/repository_config.ts";
import { ownCommand } from "../../text/own_command.ts";
import type { RepositorySpace } from "../../state/repository_space.ts";
import { callBorg, type StepContext, type StepResult } from "./borg_step.ts";
import { finishedStep } from "./finished_step.ts";

/** What went before. */
interface CompactRequest {
  /** Something was written in this run, so that there is something to compact. */
  readonly written: boolean;
  /** Archives are pruned. */
  readonly pruned: boolean;
}

/**
 * Gives the space of removed archives back. Borg calls it a success in a repository that is
 * append-only, here or by its server, but then it compacts nothing. A repository of this machine is
 * asked itself.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function compact(
  context: StepContext,
  { written, pruned }: CompactRequest,
): Promise<StepResult> {
  let compacted = false;
  let space: RepositorySpace = {};
  const args = compactArguments(context.target);
  const result = await callBorg(context, "compact", args, {
    onLine: (line) => {
      compacted ||= isCompacting(line);
      if (line.kind !== "message") return;
      space = { ...space, ...parseQuotaMessage(line.text) };
    },
  });
  const finished = finishedStep(context, "compact", result);
  const { outcome } = finished;
  if (outcome.state === "failed" || outcome.state === "skipped") return finished;
  if (compacted || !written || await isWritable(context.target.url)) {
    return { ...finished, outcome: { ...outcome, space } };
  }
  const { label } = context.target;
  const known = { ...space, appendOnly: true } as const;
  if (!pruned) {
    const reason = "the repository is append-only, where compact frees nothing";
    return { outcome: { step: "compact", state: "skipped", reason, expected: true, space: known } };
  }
  const problem = {
    severity: "warning",
    message: "The repository is append-only: prune removes archives from its list, and neither " +
      "prune nor compact frees anything",
    hint: `Set pruned_elsewhere = true in [[repositories]] "${label}", and prune where it is not ` +
      `append-only: ${ownCommand("help", "--guide", "append-only")}`,
  } as const;
  const problems = [...outcome.problems, problem];
  return { ...finished, outcome: { ...outcome, state: "warning", problems, space: known } };
}

/**
 * Whether Borg says that it compacts. A server sends its progress at every level of its log; how much
 * was freed is said since Borg 1.1.18 alone, and not by a server that sets its own level of messages.
 */
function isCompacting(line: BorgLine): boolean {
  if (line.kind === "percent") return /^(?:Remote: )?Compacting segments\b/.test(line.message);
  return line.kind === "message" && /^(?:Remote: )?compaction freed about /i.test(line.text);
}

/** Whether a repository of this machine says that it is not append-only. */
async function isWritable(url: string): Promise<boolean> {
  const path = localPath(url);
  return path !== undefined && (await readLimits(path)).appendOnly !== true;
}
