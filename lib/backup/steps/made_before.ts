/**
 * Recognises that an attempt whose connection was lost had made the archive all the same: Borg gives an
 * archive its name in the last thing that it writes, so one that has it is whole.
 *
 * @module
 */
import {
  archiveInfoArguments,
  type CreateResult,
  parseArchiveInfo,
} from "../../borg/create_result.ts";
import type { BorgResult } from "../../borg/run_borg.ts";
import { callBorg, type StepContext } from "./borg_step.ts";
import { archiveComment } from "./archive_comment.ts";
import type { CreateAttempts } from "./create_attempts.ts";

/**
 * Looks whether the archive that could not be made, because there is one of its name, is that of an
 * earlier attempt. Its name has the id of this run in it, its comment the number of this machine.
 *
 * @param machineId what tells this machine apart; "": not known
 * @returns what is in it; `undefined` when it was not made by an earlier attempt
 * @throws {PassingFailure} when Borg can't tell now, and will be asked again
 */
export async function madeBefore(
  context: StepContext,
  { end }: BorgResult,
  machineId: string,
  attempts: CreateAttempts,
): Promise<CreateResult | undefined> {
  const { plan: { archive }, target, attempt, emit } = context;
  if (end.kind !== "failed" || end.failure.kind !== "archive-exists") return undefined;
  if (attempt === undefined || attempt.number === 1) return undefined;
  const asked = await callBorg(context, "create", archiveInfoArguments(target, archive));
  const info = asked.end.kind === "success" ? parseArchiveInfo(asked.stdout) : undefined;
  if (info?.comment !== archiveComment(machineId)) return undefined;
  const text = "the connection was lost when the archive was complete; it is not created again";
  emit({ type: "note", scope: { repository: target.label, step: "create" }, level: "info", text });
  // Data that it shares with a checkpoint does not count as its own.
  const { carried, checkpoint: { written } } = attempts;
  return carried === 0 ? info : { ...info, deduplicatedSize: written };
}
