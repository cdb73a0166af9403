/**
 * Reads archives to their end, one after the other, as long as there is time: every chunk is fetched,
 * decrypted and compared with its id, as a restore would do it.
 *
 * @module
 */
import { startDeadline } from "../../async/deadline.ts";
import { damageAdvice } from "../../borg/damage_failure.ts";
import { readAllArguments } from "../../borg/extract.ts";
import type { ArchiveCheck } from "../../state/check_ledger.ts";
import type { ArchiveTurn } from "../../state/check_coverage.ts";
import { unread } from "../check_plan.ts";
import type { Problem } from "../outcome.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import type { CheckRecord } from "./check_record.ts";
import { LEAST } from "./check_repository.ts";

/** How many of Borg's warnings are repeated. */
const REPEATED = 3;

/** Reads the archives whose turn it is. */
export async function checkArchives(
  context: StepContext,
  record: CheckRecord,
): Promise<StepResult | undefined> {
  const { plan: { due, archives }, request: { budget } } = record;
  let usual = lastDuration(archives);
  for (const turn of due) {
    if (budget.left < LEAST) break;
    const own = turn.check?.duration ?? undefined;
    // Nobody knows how long this one takes: only a run that has all its time left can find out.
    const isTrial = own === undefined && budget.isWhole;
    if ((own ?? usual ?? 0) > budget.left && !isTrial) continue;
    const result = await readArchive(context, record, turn);
    if ("outcome" in result) return result;
    usual = result.duration ?? usual;
  }
  return undefined;
}

/** What the archive took that was read last. */
function lastDuration(archives: readonly ArchiveTurn[]): number | undefined {
  return archives.flatMap(({ check }) =>
    check === undefined || check.duration === null ? [] : { ...check, duration: check.duration }
  ).toSorted((a, b) => (b.checkedAt ?? 0) - (a.checkedAt ?? 0))[0]?.duration;
}

async function readArchive(
  context: StepContext,
  record: CheckRecord,
  { archive, check: before }: ArchiveTurn,
): Promise<StepResult | { readonly duration?: number }> {
  const { budget, memory } = record.request;
  const check: ArchiveCheck = before ?? unread(archive);
  // Noted before it begins: what kills the run here must not do so each night.
  record.noteArchive({ ...check, tries: check.tries + 1 });
  const heard = { percent: 0, isGone: false, warnings: [] as string[] };
  const late = new AbortController();
  using _deadline = startDeadline(budget.left, () => late.abort());
  const signal = AbortSignal.any([context.signal, late.signal]);
  const args = readAllArguments(context.target, archive);
  const result = await callBorg({ ...context, signal }, "check", args, {
    onLine: (line) => {
      if (line.kind === "percent") heard.percent = line.percent;
      if (line.kind !== "message") return;
      heard.isGone ||= line.msgid === "Archive.DoesNotExist";
      if (line.level === "warning" || line.level === "error") heard.warnings.push(line.text);
    },
  });
  record.spend(result.duration);
  const { end, duration } = result;
  const read = { ...check, duration, tries: 0 };
  const found = (damage: string) => {
    const damagedAt = check.damagedAt ?? context.plan.startedAt.getTime();
    record.noteArchive({ ...read, damage, damagedAt });
    record.problems.push(damagedArchive(context, archive, damage));
    record.archivesRead += 1;
    return { duration };
  };
  if (end.kind === "success") {
    const checkedAt = context.plan.startedAt.getTime();
    record.noteArchive({ ...read, checkedAt, isDue: false, damage: null, damagedAt: null });
    record.archivesRead += 1;
    return { duration };
  }
  if (end.kind === "warnings") return found(heard.warnings.slice(0, REPEATED).join("; "));
  if (end.kind === "stopped") {
    if (context.signal.aborted) return failedStep(context, "check", result);
    record.noteArchive({ ...read, duration: wholeDuration(duration, heard.percent) });
    return {};
  }
  if (heard.isGone) {
    memory.forgetArchives([archive]);
    return {};
  }
  const { kind, message } = end.failure;
  if (kind === "damaged" || kind === "unauthenticated") return found(message);
  return failedStep(context, "check", result);
}

/** How long an archive takes that was read in part, in milliseconds. */
function wholeDuration(duration: number, percent: number): number {
  return percent < 1 ? duration * 100 : duration * 100 / percent;
}

/** What is said of an archive that can't be read. */
export function damagedArchive({ target }: StepContext, archive: string, damage: string): Problem {
  return {
    severity: "error",
    message: `the archive "${archive}" can't be read: ${damage}`,
    hint: "Pruning is suspended while this archive is damaged; other archives may be sound. " +
      damageAdvice(target),
  };
}
