/**
 * Checks a repository as such: in one piece when that fits into the time, else in parts that the runs
 * of several nights continue.
 *
 * @module
 */
import { checkArguments, checkPartArguments } from "../../borg/commands.ts";
import type { Problem } from "../outcome.ts";
import { unread } from "../check_plan.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import { CheckListener, damageText, findingProblems } from "./check_findings.ts";
import type { CheckRecord } from "./check_record.ts";

/**
 * How long one part may take, in milliseconds. Borg notes how far it got at its end only, so that is
 * what a kill costs at most.
 */
const PART = 600_000;
const SOUND = { damage: null, damagedAt: null } as const;
/** Less time than this, in milliseconds, is not worth a Borg. */
export const LEAST = 1_000;
/** What is checked in a millisecond when nothing was measured yet, in bytes: a slow disk. */
const ASSUMED_RATE = 50_000;

/** Reads and decrypts all data, which checks everything else as well. It can't be limited. */
export async function checkAllData(
  context: StepContext,
  record: CheckRecord,
): Promise<StepResult | undefined> {
  const failed = await checkInOnePiece(context, record, true);
  if (failed !== undefined) return failed;
  record.allData = true;
  if (record.checks.damage !== null) return undefined;
  const checkedAt = context.plan.startedAt.getTime();
  record.note({ verifiedAt: checkedAt });
  record.request.memory.noteArchives(record.plan.archives.map(({ archive, check }) => {
    return { ...check ?? unread(archive), ...{ checkedAt, isDue: false, tries: 0 }, ...SOUND };
  }));
  return undefined;
}

/** Checks the repository as long as there is time. */
export async function checkRepository(
  context: StepContext,
  record: CheckRecord,
): Promise<StepResult | undefined> {
  const { budget } = record.request;
  const expected = expectedDuration(record);
  if (expected === undefined || expected > budget.total) return await checkInParts(context, record);
  // It comes first in the next run.
  if (expected > budget.left) return undefined;
  return await checkInOnePiece(context, record, false);
}

/** How long a check in one piece takes, in milliseconds; `undefined`: nobody knows. */
function expectedDuration({ checks, request: { size } }: CheckRecord): number | undefined {
  const { whole, duration } = checks;
  if (whole !== null || duration !== null) return Math.max(whole ?? 0, duration ?? 0);
  return size === undefined ? undefined : size / ASSUMED_RATE;
}

/** Borg does not compare its index with the data, nor read lists of files, when it works in parts. */
async function checkInOnePiece(
  context: StepContext,
  record: CheckRecord,
  allData: boolean,
): Promise<StepResult | undefined> {
  const listener = new CheckListener();
  const args = checkArguments(context.target, allData);
  const result = await callBorg(context, "check", args, { onLine: (line) => listener.hear(line) });
  record.spend(result.duration);
  const { end, duration } = result;
  if (end.kind !== "success" && end.kind !== "warnings") {
    return failedStep(context, "check", result);
  }
  record.percent = 100;
  // Borg has forgotten how far an earlier check in parts got.
  const cycle = null;
  if (end.kind === "warnings" || listener.findings.length > 0) {
    note(context, record, findingProblems(context.target, listener.findings), { cycle });
    return undefined;
  }
  const whole = allData ? {} : { whole: duration };
  record.noteComplete({ completedAt: context.plan.startedAt.getTime(), ...whole });
  return undefined;
}

async function checkInParts(
  context: StepContext,
  record: CheckRecord,
): Promise<StepResult | undefined> {
  const { budget } = record.request;
  while (budget.left >= LEAST) {
    const seconds = Math.ceil(Math.min(budget.left, PART) / 1_000);
    const listener = new CheckListener();
    const args = checkPartArguments(context.target, seconds);
    const onLine = listener.hear.bind(listener);
    const result = await callBorg(context, "check", args, { onLine });
    record.spend(result.duration);
    const { end, duration } = result;
    if (end.kind !== "success" && end.kind !== "warnings") {
      return failedStep(context, "check", result);
    }
    const isAtEnd = listener.isAtEnd ?? duration < seconds * 1_000;
    const isSound = end.kind === "success" && listener.findings.length === 0;
    const cycle = continued(context, record, listener, duration);
    record.percent = isAtEnd ? 100 : listener.percent;
    if (!isSound) {
      const open = isAtEnd ? null : { ...cycle, begunAt: null };
      note(context, record, findingProblems(context.target, listener.findings), { cycle: open });
    } else if (!isAtEnd) record.note({ cycle });
    else if (cycle.begunAt === null) record.note({ cycle: null });
    else record.noteComplete({ completedAt: cycle.begunAt, duration: cycle.spent });
    // What was under way when everything became due says nothing of what is before it.
    if (isAtEnd && (!isSound || cycle.begunAt !== null)) return undefined;
  }
  return undefined;
}

function continued(
  { plan }: StepContext,
  { checks: { cycle } }: CheckRecord,
  { from, percent }: CheckListener,
  duration: number,
) {
  // A Borg that does not say where it begins goes on with what is known of.
  if (from === 0 || from === undefined && cycle === null) {
    return { begunAt: plan.startedAt.getTime(), spent: duration, percent };
  }
  return { begunAt: cycle?.begunAt ?? null, spent: (cycle?.spent ?? 0) + duration, percent };
}

/** Notes damage: it stands until a complete check finds none. */
function note(
  { plan }: StepContext,
  record: CheckRecord,
  problems: readonly Problem[],
  change: Parameters<CheckRecord["note"]>[0],
): void {
  record.problems.push(...problems);
  record.note({
    damage: damageText(problems),
    damagedAt: record.checks.damagedAt ?? plan.startedAt.getTime(),
    ...change,
  });
}
