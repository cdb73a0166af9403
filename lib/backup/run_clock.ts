/** The time that a run takes, whatever happens to the clock on the wall meanwhile. @module */
import { humanDuration } from "../text/units.ts";
import type { Problem } from "./outcome.ts";

/** Clocks are corrected a little all the time; less than this, in milliseconds, is not worth a word. */
const TOLERANCE = 60_000;

interface RunClock {
  /** When it is now; after a clock that was set back, by the clock as it was when the run began. */
  readonly now: () => Date;
  /** That the clock was set back during the run. */
  readonly problems: () => readonly Problem[];
  /**
   * By how much it went forward more than the run took, in milliseconds; 0 when it is not worth a
   * word. It was set, or the machine slept, which the monotonic clock of Linux does not count.
   */
  readonly jump: () => number;
}

/** Tells the time; another one only in tests. */
export interface Clocks {
  /** Milliseconds since 1970, as people set it. */
  readonly wall: () => number;
  /** Milliseconds since some moment, only ever growing. */
  readonly monotonic: () => number;
}

/**
 * Begins to watch the clock.
 *
 * @param startedAt when the run began: now
 */
export function watchClock(startedAt: Date, clocks: Clocks): RunClock {
  const [wall, monotonic] = [clocks.wall(), clocks.monotonic()];
  const elapsed = () => clocks.monotonic() - monotonic;
  const step = () => clocks.wall() - wall - elapsed();
  return {
    now: () => new Date(Math.round(startedAt.getTime() + elapsed() + Math.max(0, step()))),
    problems() {
      const back = -step();
      if (back < TOLERANCE) return [];
      return [{
        severity: "warning",
        message: `The clock was set back by ${humanDuration(back)} during the run`,
        hint: "All times of this run are those of the clock as it was when the run began",
      }];
    },
    jump: () => step() < TOLERANCE ? 0 : step(),
  };
}

/** Says that the clock went forward, by how many milliseconds more than the run took. */
export function describeJump(jump: number): string {
  return `The clock jumped forward by ${humanDuration(jump)} more than the run took: it was set, ` +
    "or the machine was suspended";
}

/**
 * Says when something began, in milliseconds since 1970, on the clock as it is when it is asked: a
 * clock that was set back meanwhile gives new files times from before.
 */
export function beginNow(clocks: Clocks): () => number {
  const [wall, monotonic] = [clocks.wall(), clocks.monotonic()];
  return () => {
    const step = clocks.wall() - wall - (clocks.monotonic() - monotonic);
    return wall + Math.min(0, step);
  };
}
