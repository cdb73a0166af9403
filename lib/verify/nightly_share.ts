/**
 * Which part of the plan is due in a run. Pure.
 *
 * The plan is a circle of slots that is gone round once in each cycle. Where a run begins on it, and
 * how far it goes, follows from where the last one ended and how long ago that was: nights that were
 * missed are part of the next share.
 *
 * @module
 */
import { SLOTS } from "./plan_slots.ts";

const DAY = 86_400_000;
/** A run catches up with no more than this, in milliseconds: the rest is left to the next ones. */
const MOST_CAUGHT_UP = 7 * DAY;

/** How far the plan is. */
export interface PlanPosition {
  /** When the run began that got so far, in milliseconds since 1970. */
  readonly at: number;
  /** The slot with which the next run begins. */
  readonly next: number;
  /** How many slots had been due and were not read. */
  readonly owed: number;
}

/** The part of the plan that is due in a run. */
export interface NightlyShare {
  /** The slot that it begins with. */
  readonly from: number;
  /** How many slots this run shall do. */
  readonly due: number;
  /** How many are due in all; what this run does not do is owed. */
  readonly all: number;
}

/**
 * Says what is due.
 *
 * @param cycle the time in which every file is read back, in milliseconds; 0: nothing is due
 * @param now when the run began, in milliseconds since 1970
 * @param last how far the plan was; `undefined`: not known, and the date decides
 */
export function nightlyShare(
  cycle: number,
  now: number,
  last: PlanPosition | undefined,
): NightlyShare {
  const lap = lapOf(cycle);
  if (last === undefined) {
    // The shares of two days in a row adjoin, so that a machine without a history gets round, too.
    const today = Math.floor(now / DAY) * DAY;
    const from = lap === 0 ? 0 : Math.floor((today % lap) / lap * SLOTS);
    const due = slotsIn(DAY, lap);
    return { from, due, all: due };
  }
  // A clock that was set back says nothing about the time that has passed.
  const passed = now < last.at ? DAY : now - last.at;
  const all = Math.min(SLOTS, last.owed + slotsIn(passed, lap));
  return { from: last.next, due: Math.min(all, slotsIn(MOST_CAUGHT_UP, lap)), all };
}

/**
 * Says how far the plan is after a run.
 *
 * @param done how many slots it did
 */
export function positionAfter(
  { from, all }: NightlyShare,
  done: number,
  now: number,
): PlanPosition {
  return { at: now, next: (from + done) % SLOTS, owed: Math.max(0, all - done) };
}

/**
 * How long it takes to get round. It is a day less than the cycle: a file whose turn has just passed
 * waits for the next run.
 */
function lapOf(cycle: number): number {
  return cycle > 2 * DAY ? cycle - DAY : cycle / 2;
}

function slotsIn(time: number, lap: number): number {
  return lap === 0 ? 0 : Math.min(SLOTS, Math.ceil(time / lap * SLOTS));
}
